// Plugins in several versions, and the events of their reloads.
#pragma once

#include "tests/host/support/eventually.hpp"
#include "tests/host/support/plugin_fixture.hpp"

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace skerry::host::test {

/// A version whose every answer is `digit` twice, once from its code and once from its data, and `extra`.
inline std::string version_wat(char digit, std::string_view extra = {}) {
  const std::string text(1, digit);
  return guest(execute("(i32.store8 (i32.const 16) (i32.const " + std::to_string(int{digit}) +
                       ")) (i32.store8 (i32.const 17) (i32.load8_u (i32.const 64)))"
                       " (call $pack (i32.const 16) (i32.const 2))") +
               std::string(extra) + " (data (i32.const 64) \"" + text + "\")");
}

/// Keeps what was reported. Thread-safe.
class EventLog {
public:
  ReloadCallback callback() {
    return [this](const ReloadEvent& event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
    };
  }
  std::vector<ReloadEvent> all() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  std::optional<ReloadEvent> find(ReloadStep step, ReloadOutcome outcome) const {
    for (const ReloadEvent& event : all())
      if (event.step == step && event.outcome == outcome) return event;
    return std::nullopt;
  }
  /// "read compare … swap", with the outcome of steps that did not succeed: "compare:unchanged".
  std::string steps() const {
    std::string text;
    for (const ReloadEvent& event : all()) {
      text += (text.empty() ? "" : " ") + std::string(reload_step_name(event.step));
      if (event.outcome != ReloadOutcome::done) text += ":" + std::string(reload_outcome_name(event.outcome));
    }
    return text;
  }
  bool has(ReloadStep step, ReloadOutcome outcome, size_t count = 1) const {
    return eventually([&] {
      size_t found = 0;
      for (const ReloadEvent& event : all()) found += event.step == step && event.outcome == outcome;
      return found >= count;
    });
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    events_.clear();
  }

private:
  mutable std::mutex mutex_;
  std::vector<ReloadEvent> events_;
};

/// `init` that prints, and so waits as long as PluginFixture::on_print does.
inline constexpr std::string_view held_init =
    "(func (export \"init\") (param i32 i32) (call $print (i32.const 64) (i32.const 1)))";

/// A manager whose events are kept.
class ReloadFixture : public PluginFixture {
public:
  ReloadFixture() : reloading(options()) {}
  ~ReloadFixture() { reloading.close(); }

  /// Writes in place.
  void put(const Manifest& m, char digit, std::string_view extra = {}) const {
    write(m, assemble(version_wat(digit, extra)));
  }
  /// Replaces by rename.
  void install(const Manifest& m, char digit, std::string_view extra = {}) const {
    install_bytes(m, assemble(version_wat(digit, extra)));
  }
  void install_bytes(const Manifest& m, std::span<const std::byte> bytes) const {
    Manifest beside = m;
    beside.wasm_path += ".new";
    write(beside, bytes);
    std::filesystem::rename(beside.wasm_path, m.wasm_path);
  }
  PluginHandle start(const Manifest& m, char digit = '1', std::string_view extra = {}) {
    put(m, digit, extra);
    auto plugin = reloading.load(m);
    if (!plugin) FAIL(describe(plugin.error()));
    return *plugin;
  }
  /// The error with which a reload to this version fails; the old version still answers.
  PluginError failure(const Manifest& m, std::string_view wat) {
    write(m, assemble(wat));
    auto done = reloading.reload(m);
    if (done) FAIL("it was reloaded");
    return done.error();
  }
  Manifest watched(const std::string& name = "p") const {
    Manifest m = manifest(name);
    m.reload.watch = true;
    m.reload.settle = std::chrono::milliseconds(20);
    return m;
  }
  bool answers(const std::string& name, std::string_view text) {
    return eventually([&] {
      auto result = reloading.call(name, "");
      return result && *result == text;
    });
  }

  EventLog log;
  Manager reloading;

private:
  ManagerOptions options() {
    ManagerOptions o;
    o.engine = skerry::test::test_config();
    o.guest_output = [this](std::string_view, std::span<const std::byte>) {
      if (on_print) on_print({});
    };
    o.on_reload = log.callback();
    return o;
  }
};

} // namespace skerry::host::test
