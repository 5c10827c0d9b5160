// From file to plugin: what is refused, and why. Capabilities as guests meet them.
#include "host/support/hash.hpp"
#include "tests/host/support/plugin_fixture.hpp"

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::milliseconds;

namespace {

std::string checks_path(std::string_view path) {
  return guest(
      "(data (i32.const 64) \"" + std::string(path) + "\")" +
      execute_digit("(call $fs_check (i32.const 64) (i32.const " + std::to_string(path.size()) + "))"));
}

/// Copies the whole environment into its result.
constexpr std::string_view prints_env = R"(
  (module (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "allocate") (param i32) (result i32) (i32.const 32768)) (func (export "deallocate") (param i32 i32))
    (func (export "execute") (param i32 i32) (result i64)
      (drop (call $get (i32.const 0) (i32.const 1024))) (i64.const 0x40000000100))))";

/// errno of fd_prestat_get for descriptor 3: 0 if a folder was granted, otherwise 8 (badf).
constexpr std::string_view asks_for_folder = R"(
  (module (import "wasi_snapshot_preview1" "fd_prestat_get" (func $get (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "allocate") (param i32) (result i32) (i32.const 32768)) (func (export "deallocate") (param i32 i32))
    (func (export "execute") (param i32 i32) (result i32 i32)
      (i32.store8 (i32.const 16) (i32.add (i32.const 48) (call $get (i32.const 3) (i32.const 0))))
      (i32.const 16) (i32.const 1))))";

} // namespace

// ---- the file

TEST_CASE_METHOD(PluginFixture, "a missing file") {
  PluginError error = manager.load(manifest()).error();
  CHECK(error.phase == Phase::read);
  CHECK(error.code == "io");
  CHECK(contains(error.message, "p.wasm"));
}

TEST_CASE_METHOD(PluginFixture, "a file that is too large is refused before it is read") {
  auto m = manifest();
  {
    std::ofstream file(m.wasm_path);
  }
  std::filesystem::resize_file(m.wasm_path, uint64_t{1} << 40); // sparse: reading it would take all memory
  PluginError error = manager.load(m).error();
  CHECK(error.phase == Phase::read);
  CHECK(error.code == "limit.module");
  CHECK(error.limit->asked == uint64_t{1} << 40);
  CHECK(error.limit->allowed == 1U << 20);
}

TEST_CASE_METHOD(PluginFixture, "a pinned hash is checked before the bytes are parsed") {
  auto m = manifest();
  auto bytes = assemble(guest(echo));
  m.hash = xxh3_128(bytes);
  write(m, bytes);
  CHECK(manager.load(m));
  m.meta.name = "q";
  write(m, std::as_bytes(std::span("nonsense")));
  PluginError error = manager.load(m).error();
  CHECK(error.phase == Phase::read);
  CHECK(error.code == "hash");
  CHECK(contains(error.message, m.hash));
}

TEST_CASE_METHOD(PluginFixture, "a half-written file is never loaded") {
  auto m = manifest();
  auto bytes = assemble(guest(echo));
  for (size_t size = 0; size < bytes.size(); size += 7) {
    INFO(size);
    write(m, std::span(bytes).first(size));
    auto loaded = manager.load(m);
    REQUIRE_FALSE(loaded);
    // An empty file is refused before it is decoded. A truncation between two sections can leave a
    // well-formed module, which then lacks something that it needs.
    bool refused = size == 0
                       ? loaded.error().phase == Phase::read
                       : loaded.error().phase == Phase::decode || loaded.error().phase == Phase::validate ||
                             loaded.error().phase == Phase::link;
    CHECK(refused);
  }
}

TEST_CASE_METHOD(PluginFixture, "errors of malformed and invalid modules have an offset") {
  auto m = manifest();
  write(m, std::as_bytes(std::span("\0asm\1\0\0\0\177", 9)));
  PluginError error = manager.load(m).error();
  CHECK(error.phase == Phase::decode);
  CHECK(error.code == "malformed");
  CHECK(error.offset);
  error = load_error(guest("(func (export \"execute\") (param i32 i32) (result i64) (i32.const 1))"));
  CHECK(error.phase == Phase::validate);
  CHECK(error.code == "invalid");
  CHECK(error.offset);
  CHECK(error.func_index);
}

// ---- imports

TEST_CASE_METHOD(PluginFixture, "all missing imports are listed at once, with their types") {
  PluginError error = load_error(R"((module
    (import "env" "setTempRet0" (func (param i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (import "other" "thing" (global i32))
    (memory (export "memory") 1)))");
  CHECK(error.phase == Phase::link);
  CHECK(error.code == "unlinkable");
  CHECK(contains(error.message, "2 imports are missing"));
  CHECK(contains(error.message, "env.setTempRet0"));
  CHECK(contains(error.message, "(i32) -> ()"));
  CHECK(contains(error.message, "other.thing"));
  CHECK_FALSE(contains(error.message, "fd_write"));
}

TEST_CASE_METHOD(PluginFixture, "a missing import with a mistyped name: the error suggests the right one") {
  const PluginError error = load_error(R"((module
    (import "wasi_snapshot_preview1" "fd_writ" (func (param i32)))
    (import "env" "http_request" (func (param i32 i32) (result i32)))
    (import "env" "nosuch" (func)) (memory (export "memory") 1)))");
  CHECK(error.code == "unlinkable");
  CHECK(contains(error.message, "3 imports are missing"));
  CHECK(contains(error.message, "fd_writ function (i32) -> (); did you mean \"fd_write\"?"));
  CHECK(contains(error.message, "http_request"));
  CHECK(contains(error.message, "capabilities.allowNetwork"));
  CHECK(contains(error.message, "env.nosuch function () -> () (no capability grants it)"));
}

TEST_CASE_METHOD(PluginFixture, "a plugin that needs a missing feature, and a file that is not a module") {
  const PluginError error = load_error("(module (type (struct)))");
  CHECK(error.code == "unsupported");
  CHECK(error.phase == Phase::decode);
  CHECK(contains(error.message, "needs the feature gc"));
}

TEST_CASE_METHOD(PluginFixture, "a plugin of Emscripten has its notifications and split arguments") {
  CHECK(result_of(load(R"((module
    (import "env" "emscripten_notify_memory_growth" (func $grown (param i32)))
    (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "allocate") (param i32) (result i32) (i32.const 32768))
    (func (export "deallocate") (param i32 i32))
    (func (export "execute") (param i32 i32) (result i32 i32)
      (drop (memory.grow (i32.const 1))) (call $grown (i32.const 0))
      (i32.store8 (i32.const 16)
        (i32.add (i32.const 48) (call $seek (i32.const 99) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))
      (i32.const 16) (i32.const 1))))")
                      ->call("")) == "8"); // badf
}

TEST_CASE_METHOD(PluginFixture, "an import of another type than the host's") {
  PluginError error = load_error(R"((module (import "env" "fs_check" (func (param i64) (result i64)))
    (memory (export "memory") 1)
    (func (export "allocate") (param i32) (result i32) (i32.const 16)) (func (export "deallocate") (param i32 i32))
    (func (export "execute") (param i32 i32) (result i64) (i64.const 0))))");
  CHECK(error.phase == Phase::link);
  CHECK(error.code == "unlinkable");
  CHECK(contains(error.message, "fs_check"));
}

// ---- capabilities

TEST_CASE_METHOD(PluginFixture, "the manifest's capabilities are wired into every plugin: fs_check",
                 "[exec]") {
  CHECK(result_of(load(checks_path("/data/x"))->call("")) == "0");

  auto m = manifest("granted");
  m.capabilities.allow_file_system = true;
  m.capabilities.allowed_paths.push_back({folder.string(), "/data", PathMode::read_only});
  CHECK(result_of(load(checks_path("/data/x"), m)->call("")) == "1");
  m.meta.name = "database";
  CHECK(result_of(load(checks_path("/database"), m)->call("")) == "0");
  m.meta.name = "parent";
  CHECK(result_of(load(checks_path("/data/../x"), m)->call("")) == "0");
  // The second plugin did not get the functions of the first.
  CHECK(result_of((*manager.get("p"))->call("")) == "0");
  CHECK(result_of((*manager.get("granted"))->call("")) == "1");
}

TEST_CASE_METHOD(PluginFixture, "net_dial is denied by default", "[exec]") {
  auto plugin = load(guest("(data (i32.const 64) \"example.com\")" +
                           execute_digit("(call $net_dial (i32.const 64) (i32.const 11) (i32.const 80))")));
  CHECK(result_of(plugin->call("")) == "0");
}

TEST_CASE_METHOD(PluginFixture, "a pointer outside the memory traps: it is not an empty string", "[exec]") {
  for (const char* call :
       {"(call $fs_check (i32.const 131072) (i32.const 1))", "(call $fs_check (i32.const -1) (i32.const 2))",
        "(call $net_dial (i32.const 0) (i32.const -1) (i32.const 80))"}) {
    INFO(call);
    auto plugin = load(guest(execute_digit(call)));
    CHECK(error_of(plugin->call("")).code == "trap.out_of_bounds_memory_access");
    CHECK(manager.unload("p"));
  }
}

TEST_CASE_METHOD(PluginFixture,
                 "without a grant the guest has PLUGIN_VERSION and no other variable, not even an empty PATH",
                 "[exec]") {
  setenv("SKERRY_TEST_SECRET", "s3cret", 1);
  auto m = manifest();
  m.capabilities.env = {{"SKERRY_TEST_SECRET", std::nullopt}, {"TOKEN", "t"}}; // listed, but not enabled
  const std::string env = result_of(load(prints_env, m)->call(""));
  CHECK(contains(env, "PLUGIN_VERSION=1.2.3"));
  CHECK_FALSE(contains(env, "s3cret"));
  CHECK_FALSE(contains(env, "TOKEN"));
  CHECK_FALSE(contains(env, "PATH="));
  unsetenv("SKERRY_TEST_SECRET");
}

TEST_CASE_METHOD(PluginFixture, "a granted variable reaches the guest, and only that", "[exec]") {
  setenv("SKERRY_TEST_SECRET", "s3cret", 1);
  auto m = manifest();
  m.capabilities.allow_env = true;
  m.capabilities.env = {
      {"SKERRY_TEST_SECRET", std::nullopt}, {"TOKEN", "t"}, {"SKERRY_TEST_UNSET", std::nullopt}};
  const std::string env = result_of(load(prints_env, m)->call(""));
  CHECK(contains(env, "SKERRY_TEST_SECRET=s3cret"));
  CHECK(contains(env, "TOKEN=t"));
  CHECK_FALSE(contains(env, "PATH="));
  CHECK_FALSE(contains(env, "SKERRY_TEST_UNSET"));
  unsetenv("SKERRY_TEST_SECRET");
}

TEST_CASE_METHOD(PluginFixture, "folders exist only if both the switch and the list grant them", "[exec]") {
  auto m = manifest();
  m.capabilities.allowed_paths.push_back({folder.string(), "/data", PathMode::read_only});
  CHECK(result_of(load(asks_for_folder, m)->call("")) == "8");
  m.meta.name = "granted";
  m.capabilities.allow_file_system = true;
  CHECK(result_of(load(asks_for_folder, m)->call("")) == "0");
  m.meta.name = "no-list";
  m.capabilities.allowed_paths.clear();
  CHECK(result_of(load(asks_for_folder, m)->call("")) == "8");
}

TEST_CASE_METHOD(PluginFixture, "a granted folder that does not exist fails the load") {
  auto m = manifest();
  m.capabilities.allow_file_system = true;
  m.capabilities.allowed_paths.push_back({(folder / "none").string(), "/data", PathMode::read_only});
  PluginError error = load_error(guest(echo), m);
  CHECK(error.phase == Phase::link);
  CHECK(error.code == "io");
  CHECK(contains(error.message, "none"));
}

TEST_CASE_METHOD(PluginFixture,
                 "a module whose code does not fit the budget is refused before it is decoded") {
  auto m = manifest();
  m.capabilities.max_total_mb = 1;
  write(m, std::vector<std::byte>(300'000)); // not a module at all
  const PluginError error = manager.load(m).error();
  CHECK(error.code == "limit.total");
  CHECK(error.phase == Phase::decode);
  REQUIRE(error.limit);
  CHECK(error.limit->asked == 1'200'000U);
  CHECK(error.limit->allowed == 1U << 20);
  m.capabilities.max_total_mb = 2;
  CHECK(manager.load(m).error().code == "malformed");
}

TEST_CASE_METHOD(PluginFixture, "decoding and validating a module end at the manager's load timeout") {
  std::string functions;
  for (int i = 0; i < 60'000; ++i) functions += "(func)";
  ManagerOptions options;
  options.load_timeout = milliseconds(0);
  Manager hasty(options);
  const auto m = manifest();
  write(m, assemble(guest(functions + std::string(echo))));
  const PluginError error = hasty.load(m).error();
  CHECK(error.code == "timeout");
  CHECK(error.phase == Phase::decode);
  REQUIRE(error.limit);
  CHECK(error.limit->key == "ManagerOptions::load_timeout");
  CHECK(error.elapsed);
  CHECK(manager.load(m)); // which has ten seconds
}

TEST_CASE_METHOD(PluginFixture,
                 "a module with very many imports fails with the first of them and their number") {
  std::string text = "(module";
  for (int i = 0; i < 20'000; ++i) text += "(import \"x\" \"f" + std::to_string(i) + "\" (func))";
  const PluginError error = load_error(text + ")");
  CHECK(error.code == "unlinkable");
  CHECK(error.message.starts_with("20000 imports are missing: x.f0 "));
  CHECK(error.message.size() < 20'000);
}
