// Memory runs out in the plugin host: while plugins are loaded, called, reloaded, rolled back and unloaded.
#include "host/guest/key_value_store.hpp"
#include "tests/host/support/reload_fixture.hpp"
#include "tests/out_of_memory/child_process.hpp"
#include "tests/out_of_memory/sweep.hpp"

#include "skerry/host/plugin_call.hpp"

#include <array>
#include <filesystem>
#include <optional>
#include <string>

namespace skerry::host::test {

namespace {

using skerry::test::sweep;

bool says_out_of_memory(const PluginError& error) {
  const PluginErrorCode code = error.cause == PluginErrorCode::none ? error.code : error.cause;
  return code == PluginErrorCode::limit_process && !error.message.empty();
}

/// A plugin that uses the host's services: values, a log, configuration, JSON, state.
std::string busy_guest(char digit) {
  return R"((module
    (import "env" "log" (func $log (param i32 i32 i32)))
    (import "env" "kv_set" (func $kv_set (param i32 i32 i32 i32) (result i32)))
    (import "env" "kv_get" (func $kv_get (param i32 i32 i32 i32) (result i32)))
    (import "env" "kv_delete" (func $kv_delete (param i32 i32) (result i32)))
    (import "env" "fs_check" (func $fs_check (param i32 i32) (result i32)))
    (memory (export "memory") 2)
    (data (i32.const 0) "a key that is longer than a short string")
    (data (i32.const 64) "{\"ok\":true,\"list\":[1,[2,{\"a\":[3]}],\"a text that is long enough for the heap\"]}")
    (data (i32.const 256) "{\"name\":\"p\",\"version\":\"1\"}")
    (global $top (mut i32) (i32.const 4096))
    (func (export "allocate") (param $n i32) (result i32)
      (global.get $top) (global.set $top (i32.add (global.get $top) (local.get $n))))
    (func (export "deallocate") (param i32 i32))
    (func (export "meta") (result i64) (i64.const 0x1000000001a))
    (func (export "init") (param i32 i32) (result i32) (i32.const 0))
    (func (export "execute") (param $p i32) (param $n i32) (result i64)
      (call $log (i32.const 2) (i32.const 64) (i32.const 70))
      (drop (call $kv_set (i32.const 0) (i32.const 40) (i32.const 64) (i32.const 78)))
      (drop (call $kv_get (i32.const 0) (i32.const 40) (i32.const 1024) (i32.const 100)))
      (drop (call $kv_delete (i32.const 0) (i32.const 40)))
      (drop (call $fs_check (i32.const 0) (i32.const 40)))
      (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 116)) (then unreachable))
      (i32.store8 (i32.const 2000) (i32.const )" +
         std::to_string(int{digit}) + R"())
      (i64.const 0x7d000000001)))
  )";
}

Manifest busy_manifest(const std::filesystem::path& folder) {
  Manifest m;
  m.meta = {"p", "1.0.0", "a description that is longer than a short string", ""};
  m.wasm_path = folder / "p.wasm";
  m.timeout = std::chrono::seconds(20);
  m.capabilities.max_memory_mb = 1;
  m.capabilities.allow_key_value = true;
  m.reload.keep = 2;
  return m;
}

/// Modules of two versions, written once.
struct Versions {
  Versions() {
    std::string name = (std::filesystem::temp_directory_path() / "skerry-memory-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder = name;
  }
  ~Versions() { std::filesystem::remove_all(folder); }
  Versions(const Versions&) = delete;
  Versions& operator=(const Versions&) = delete;

  void put(char digit) const {
    const auto bytes = PluginFixture::assemble(busy_guest(digit));
    std::ofstream(folder / "p.wasm", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  std::filesystem::path folder;
};

/// A manager that drops the output and logs of its plugins.
class WithManager {
public:
  explicit WithManager(const Versions& versions)
      : manifest_(busy_manifest(versions.folder)), manager_(options()), versions_(versions) {
    versions_.put('1');
  }

  void check(bool may_fail) {
    if (error_) {
      INFO(to_json(*error_));
      CHECK((may_fail && says_out_of_memory(*error_)));
    }
    if (auto plugin = manager_.get("p"); !plugin) {
      CHECK(plugin.error().code == "not_found");
      auto loaded = manager_.load(manifest_);
      if (!loaded) FAIL(describe(loaded.error()));
    }
    check_service();
    CHECK(manager_.unload("p"));
    CHECK(manager_.load(manifest_));
    check_service();
  }

protected:
  void keep(PluginError error) { error_.emplace(std::move(error)); }
  template <class T> void keep(Expected<T> result) {
    if (!result) keep(std::move(result.error()));
  }
  /// Calls of all instances succeed, and a trap does no harm.
  void check_service() {
    for (int i = 0; i < 3; ++i) {
      const auto answer = manager_.call("p", "input");
      if (!answer) FAIL(describe(answer.error()));
      CHECK((*answer == "1" || *answer == "2"));
      const auto trap = manager_.call("p", "trap");
      REQUIRE_FALSE(trap);
      CHECK(trap.error().code == "trap.unreachable");
    }
    const auto metrics = manager_.metrics();
    REQUIRE(metrics.size() == 1);
    CHECK(metrics[0].busy == 0);
    CHECK(metrics[0].waiting == 0);
  }

  Manifest manifest_;
  Manager manager_;
  const Versions& versions_;
  std::optional<PluginError> error_;
  const std::string input_ = "an input that is longer than a short string", trap_input_ = "trap, please";

private:
  static ManagerOptions options() {
    ManagerOptions o;
    o.engine = skerry::test::test_config();
    o.guest_output = [](std::string_view, std::span<const std::byte>) {};
    o.guest_log = [](std::string_view, LogLevel, std::string_view) {};
    o.max_instances = 2; // detects a lost one
    return o;
  }
};

class LoadingPlugin : public WithManager {
public:
  using WithManager::WithManager;
  void attempt() { keep(manager_.load(manifest_)); }
};

/// Calls with an existing instance, and with one that each call must make because the previous one was
/// dropped.
class CallingPlugin : public WithManager {
public:
  explicit CallingPlugin(const Versions& versions) : WithManager(versions) {
    REQUIRE(manager_.load(manifest_));
  }
  void attempt() {
    keep(manager_.call("p", input_));
    if (auto trap = manager_.call("p", trap_input_);
        !trap && !code_text(trap.error().code).starts_with("trap."))
      keep(std::move(trap.error()));
    keep(manager_.call("p", input_));
    if (auto missing = manager_.get("q"); !missing && missing.error().code != "not_found")
      keep(std::move(missing.error()));
  }
};

/// The same, in pieces; the last call is dropped.
class CallingInPieces : public WithManager {
public:
  explicit CallingInPieces(const Versions& versions) : WithManager(versions) {
    plugin_ = *manager_.load(manifest_);
  }
  void attempt() {
    for (int calls = 0; calls < 2; ++calls) {
      auto input = copy(input_);
      if (!input) continue;
      auto call = plugin_->begin(std::move(*input));
      if (!call) {
        keep(std::move(call.error()));
        continue;
      }
      for (int turns = 0; turns < 100; ++turns) {
        auto state = call->run(calls == 0 ? 50 : 5);
        if (!state) keep(std::move(state.error()));
        if (!state || *state == PluginCall::State::finished || calls == 1) break;
      }
    }
  }
  ~CallingInPieces() { plugin_.reset(); }

private:
  /// The embedder's own allocation.
  static std::optional<std::string> copy(const std::string& text) {
    try {
      return text;
    } catch (const std::bad_alloc&) {
      return std::nullopt;
    }
  }
  PluginHandle plugin_;
};

/// Puts a new version into service, and then the old one again.
class Reloading : public WithManager {
public:
  explicit Reloading(const Versions& versions) : WithManager(versions) {
    REQUIRE(manager_.load(manifest_));
    versions_.put('2');
  }
  void attempt() {
    keep(manager_.reload("p"));
    if (!error_) keep(manager_.rollback("p"));
  }
  void check(bool may_fail) {
    if (error_) {
      INFO(to_json(*error_));
      CHECK((may_fail && says_out_of_memory(*error_)));
      error_.reset();
    }
    check_service();
    ReloadOptions forced;
    forced.force = true;
    if (auto done = manager_.reload("p", forced); !done) FAIL(describe(done.error()));
    CHECK(*manager_.call("p", "input") == "2");
    WithManager::check(may_fail);
  }
};

class Unloading : public WithManager {
public:
  explicit Unloading(const Versions& versions) : WithManager(versions) { REQUIRE(manager_.load(manifest_)); }
  void attempt() { keep(manager_.unload("p")); }
};

/// JSON texts as guests write them.
class ReadingResult {
public:
  explicit ReadingResult(std::string_view text) : text_(text) {}
  void attempt() {
    try { // free functions do not know the plugin
      result_.emplace(parse_plugin_result(text_));
    } catch (const std::bad_alloc&) {
    }
  }
  void check(bool) const {
    if (result_ && !*result_) FAIL(describe(result_->error()));
    CHECK(parse_plugin_result(text_));
  }

private:
  std::string_view text_;
  std::optional<Expected<PluginResult>> result_;
};

/// Everything that an embedder prints: errors with all their members, metrics, events.
class WritingJson {
public:
  void attempt() {
    for (size_t i = 0; i < texts_.size(); ++i) {
      try {
        texts_[i] = write(i);
      } catch (const std::bad_alloc&) {
      }
    }
  }
  void check(bool may_fail) const {
    for (size_t i = 0; i < texts_.size(); ++i)
      if (!may_fail || !texts_[i].empty()) CHECK(texts_[i] == write(i));
  }

private:
  static PluginError error() {
    PluginError e = name_error();
    e.limit = LimitReport{"a limit with a name for the heap", "bytes", 1, 2, "capabilities.maxMemoryMB"};
    e.capabilities = {"capabilities.allowNetwork", "capabilities.allowFileSystem"};
    e.backtrace = {{1, "a function with a name for the heap", "", 7}, {2, "", "", 0}};
    return e;
  }
  static PluginError name_error() {
    PluginError e;
    e.code = PluginErrorCode::abi_missing_export;
    e.cause = PluginErrorCode::trap_indirect_call_type_mismatch; // a text for the heap
    e.message = "a message that is long enough for the heap";
    return e;
  }
  static std::string write(size_t which) {
    if (which == 0) return to_json(error());
    if (which == 2) {
      ReloadEvent event;
      event.error = error();
      return to_json(event);
    }
    PluginMetrics metrics;
    metrics.reasons = {{"limit.hostCalls and more", 1}, {"trap.unreachable and more", 2}};
    metrics.versions.resize(2);
    return to_json(metrics);
  }
  std::array<std::string, 3> texts_;
};

/// The budget is correct after any failure.
class Storing {
public:
  Storing() {
    Capabilities limits;
    budget_ = std::make_shared<ByteBudget>(1'000'000);
    store_.emplace(limits, budget_);
    store_->set(first_, value_);
  }
  void attempt() {
    try {
      (void)store_->set(second_, value_);
      (void)store_->set(first_, longer_);
      (void)store_->get(first_);
      (void)store_->remove(second_);
      (void)store_->set(second_, longer_);
    } catch (const std::bad_alloc&) {
    }
  }
  void check(bool may_fail) {
    CHECK(budget_->used() == store_->bytes());
    uint64_t bytes = 0;
    for (const std::string& key : {first_, second_})
      if (const auto value = store_->get(key))
        bytes += key.size() + value->size() + KeyValueStore::entry_bytes;
    CHECK(bytes == store_->bytes());
    if (!may_fail) CHECK(store_->get(second_) == longer_);
    CHECK(store_->remove(first_));
    CHECK(store_->set(first_, value_));
  }

private:
  const std::string first_ = "a key that is longer than a short string", second_ = first_ + ", and another",
                    value_ = std::string(100, 'v'), longer_ = std::string(1000, 'l');
  std::shared_ptr<ByteBudget> budget_;
  std::optional<KeyValueStore> store_;
};

class ReadingManifest {
public:
  explicit ReadingManifest(const std::filesystem::path& file) : file_(file) {}
  void attempt() {
    try {
      manifest_.emplace(read_manifest(file_));
    } catch (const std::bad_alloc&) {
    }
  }
  void check(bool) const {
    if (manifest_ && !*manifest_) FAIL(describe(manifest_->error()));
    CHECK(read_manifest(file_));
  }

private:
  const std::filesystem::path& file_;
  std::optional<Expected<Manifest>> manifest_;
};

/// Empty if an outcome is correct, or if memory ran out.
template <class T> std::string wrong_outcome(const Expected<T>& outcome, std::string_view code = "") {
  if (outcome) return code.empty() ? "" : "no " + std::string(code);
  if (outcome.error().code == code || says_out_of_memory(outcome.error())) return "";
  return describe(outcome.error());
}

/// The work of a process with `kib` more address space, with a plugin.
std::string serve(const Versions& versions, uint64_t kib) {
  constexpr uint64_t enough_kib = 65'536;
  std::string wrong;
  const auto check = [&](std::string found) {
    if (wrong.empty()) wrong = std::move(found);
  };
  try {
    ManagerOptions options;
    options.guest_output = [](std::string_view, std::span<const std::byte>) {};
    options.guest_log = [](std::string_view, LogLevel, std::string_view) {};
    Manager manager(options);
    const Manifest manifest = busy_manifest(versions.folder);
    const auto loaded = manager.load(manifest);
    check(wrong_outcome(loaded));
    if (kib >= enough_kib && !loaded) check("not loaded: " + describe(loaded.error()));
    if (!loaded) return wrong;
    check(wrong_outcome(manager.call("p", "input")));
    check(wrong_outcome(manager.call("p", "trap"), "trap.unreachable"));
    ReloadOptions forced;
    forced.force = true;
    check(wrong_outcome(manager.reload("p", forced)));
    check(wrong_outcome(manager.call("p", "input")));
    check(wrong_outcome(manager.unload("p")));
    check(wrong_outcome(manager.load(manifest)));
  } catch (const std::bad_alloc&) { // of a constructor, or of this function
    if (kib >= enough_kib) return "no manager can be made";
  }
  return wrong;
}

} // namespace

TEST_CASE("plugins in little address space are served, or an error says that there is not enough") {
  if (skerry::test::cannot_limit_address_space()) return;
  const Versions versions;
  versions.put('1');
  for (const uint64_t kib : {256, 1024, 2048, 4096, 8192, 16'384, 32'768, 65'536, 262'144}) {
    INFO(kib << " KiB of address space");
    CHECK(skerry::test::in_limited_child(kib, [&] { return serve(versions, kib); }) == "");
  }
}

TEST_CASE("memory that runs out while a plugin is loaded is an error, and its name stays free") {
  const Versions versions;
  sweep<LoadingPlugin>(150, versions);
}

TEST_CASE("memory that runs out during a plugin's call is an error, and no instance is lost") {
  const Versions versions;
  sweep<CallingPlugin>(200, versions);
}

TEST_CASE("memory that runs out during a plugin's call in pieces is an error, and no instance is lost") {
  const Versions versions;
  sweep<CallingInPieces>(200, versions);
}

TEST_CASE("memory that runs out during a reload or rollback leaves a version that serves") {
  const Versions versions;
  sweep<Reloading>(150, versions);
}

TEST_CASE("memory that runs out while a plugin is unloaded does not prevent the unload") {
  const Versions versions;
  sweep<Unloading>(50, versions);
}

TEST_CASE("memory that runs out while JSON is read leaves nothing that needs memory") {
  sweep<ReadingResult>(
      200, std::string_view(
               R"({"success":true,"data":{"list":[1,[2,{"a":[3,"a text for the heap, and more"]}],{}],)"
               R"("n":{"o":{"p":[[[]]]}}},"error":"an error that is longer than a short string"})"));
}

TEST_CASE("memory that runs out while JSON is written leaves nothing that needs memory") {
  sweep<WritingJson>(400);
}

TEST_CASE("memory that runs out while a value is stored leaves the budget correct") { sweep<Storing>(100); }

TEST_CASE("memory that runs out while a manifest is read leaves nothing that needs memory") {
  const Versions versions;
  const auto file = versions.folder / "p.json";
  std::ofstream(file)
      << R"({"meta":{"name":"p","version":"1.0.0"},"wasmPath":"p.wasm","timeout":200,)"
         R"("capabilities":{"maxMemoryMB":1,"allowNetwork":true,"allowedHosts":["example.org:443"]}})";
  if (const auto manifest = read_manifest(file); !manifest) FAIL(describe(manifest.error()));
  sweep<ReadingManifest>(200, file);
}

} // namespace skerry::host::test
