// Calls that keep their instances for as long as a test wants.
#pragma once

#include "tests/host/support/eventually.hpp"
#include "tests/host/support/plugin_fixture.hpp"

#include <functional>
#include <latch>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace skerry::host::test {

/// `execute` that prints its input and returns it. What prints is held.
inline std::string printing_echo() {
  return execute("(call $print (local.get $p) (local.get $n)) (call $pack (local.get $p) (local.get $n))");
}

/// While it lives, a guest of the fixture's manager that prints waits until `release`. Held calls need the
/// time: Manifest::timeout of longest_wait.
class HeldCalls {
public:
  explicit HeldCalls(PluginFixture& fixture) : fixture_(fixture) {
    fixture_.on_print = [this](std::string_view) { gate_.wait(); };
  }
  ~HeldCalls() {
    release();
    fixture_.on_print = nullptr;
  }
  HeldCalls(const HeldCalls&) = delete;
  HeldCalls& operator=(const HeldCalls&) = delete;

  /// Calls the plugin on its own thread, which gives the result to `ended`.
  void call(const PluginHandle& plugin, const std::string& input = "x",
            std::function<void(const Expected<std::string>&)> ended = {}) {
    call_with(plugin, input, {}, std::move(ended));
  }
  void call_with(const PluginHandle& plugin, const std::string& input, const CallOptions& options,
                 std::function<void(const Expected<std::string>&)> ended) {
    threads_.emplace_back([plugin, input, options, ended = std::move(ended)] {
      const auto result = plugin->call(input, options);
      if (ended) ended(result);
    });
  }
  /// Does something else on its own thread.
  void run(std::function<void()> work) { threads_.emplace_back(std::move(work)); }

  /// Releases the guests and returns when all threads have ended.
  void release() {
    if (!std::exchange(released_, true)) gate_.count_down();
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
  }

private:
  PluginFixture& fixture_;
  std::latch gate_{1};
  bool released_ = false;
  std::vector<std::thread> threads_;
};

} // namespace skerry::host::test
