// The forms in which guests take, return and free bytes, start and end (docs/plugins.md, "The ABI").
#include "tests/host/support/plugin_fixture.hpp"

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using namespace std::string_literals;

namespace {

/// Replaces the guest's allocator: no import, no further memory.
std::string bare(std::string_view fields) {
  return "(module (memory (export \"memory\") 1) " + std::string(fields) + ")";
}
constexpr std::string_view allocator = R"(
  (func (export "allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "deallocate") (param i32 i32)))";

} // namespace

TEST_CASE_METHOD(PluginFixture, "a packed result", "[exec]") {
  auto plugin = load(guest(echo));
  CHECK(result_of(plugin->call("{\"a\":1}")) == "{\"a\":1}");
}

TEST_CASE_METHOD(PluginFixture, "a result as two values", "[exec]") {
  auto plugin = load(guest(
      R"((func (export "execute") (param i32 i32) (result i32 i32) (local.get 0) (i32.sub (local.get 1) (i32.const 1))))"));
  CHECK(result_of(plugin->call("abcd")) == "abc");
}

TEST_CASE_METHOD(PluginFixture, "a pointer to text that ends at a NUL", "[exec]") {
  auto plugin = load(guest(R"((data (i32.const 64) "plain text\00more")
    (func (export "execute") (param i32 i32) (result i32) (i32.const 64)))"));
  CHECK(result_of(plugin->call("")) == "plain text");
}

TEST_CASE_METHOD(PluginFixture, "a pointer to JSON that ends with its first value", "[exec]") {
  auto plugin = load(guest(R"((data (i32.const 64) "{\"a\":\"}\"}{\"old\":1}")
    (func (export "execute") (param i32 i32) (result i32) (i32.const 64)))"));
  CHECK(result_of(plugin->call("")) == "{\"a\":\"}\"}");
}

TEST_CASE_METHOD(PluginFixture, "no fixed-size reads: a pointer to a result longer than 4096 bytes",
                 "[exec]") {
  auto plugin = load(guest(R"((func (export "execute") (param i32 i32) (result i32)
    (memory.fill (i32.const 8192) (i32.const 120) (i32.const 20000)) (i32.const 8192)))"));
  CHECK(result_of(plugin->call("")) == std::string(20'000, 'x'));
}

TEST_CASE_METHOD(PluginFixture, "no fixed-size reads: a meta longer than 512 bytes", "[exec]") {
  const std::string meta = R"({"name":"p","version":"1","description":")" + std::string(3000, 'd') + "\"}";
  std::string text = meta;
  for (size_t at = 0; (at = text.find('"', at)) != text.npos; at += 2) text.insert(at, "\\");
  auto plugin = load(guest("(data (i32.const 8192) \"" + text +
                           "\") (func (export \"meta\") (result i32) (i32.const 8192))" + std::string(echo)));
  CHECK(plugin->meta() == meta);
}

TEST_CASE_METHOD(PluginFixture, "a result may end where the memory ends", "[exec]") {
  auto plugin = load(guest(R"((data (i32.const 131070) "{}")
    (func (export "execute") (param i32 i32) (result i32) (i32.const 131070)))"));
  CHECK(result_of(plugin->call("")) == "{}");
}

TEST_CASE_METHOD(PluginFixture, "results always carry their length: a NUL inside is kept", "[exec]") {
  auto plugin = load(guest(echo));
  std::string bytes = "\0a\0\xff{}"s;
  CHECK(result_of(plugin->call(bytes)) == bytes);
}

namespace {

template <class T>
concept PassedAsIs = requires { WasmType<T>::type; };

} // namespace

TEST_CASE_METHOD(PluginFixture, "a host string reaches the guest only as a copy in the guest's memory",
                 "[exec]") {
  STATIC_REQUIRE_FALSE(PassedAsIs<const char*>);
  STATIC_REQUIRE_FALSE(PassedAsIs<std::string>);
  STATIC_REQUIRE_FALSE(PassedAsIs<std::string_view>);
  // The guest overwrites its input.
  auto plugin = load(guest(execute(R"((memory.fill (local.get $p) (i32.const 35) (local.get $n))
    (call $pack (local.get $p) (local.get $n)))")));
  const std::string input = "host string";
  CHECK(result_of(plugin->call(input)) == "###########");
  CHECK(input == "host string");
}

TEST_CASE_METHOD(PluginFixture, "empty inputs and results", "[exec]") {
  auto plugin = load(guest(echo));
  CHECK(result_of(plugin->call("")).empty());
  auto zero = manifest("zero");
  CHECK(result_of(load(guest(execute("(i64.const 0)")), zero)->call("x")).empty());
}

TEST_CASE_METHOD(PluginFixture, "allocate is never asked for 0 bytes", "[exec]") {
  auto plugin = load(bare(R"(
    (func (export "allocate") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then unreachable)) (i32.const 1024))
    (func (export "deallocate") (param i32 i32))
    (func (export "execute") (param i32 i32) (result i64) (i64.extend_i32_u (local.get 1))))"));
  CHECK(result_of(plugin->call("")).empty());
}

TEST_CASE_METHOD(PluginFixture, "large inputs and results", "[exec]") {
  auto m = manifest();
  m.capabilities.max_memory_mb = 4;
  std::string text(300'000, 'x');
  CHECK(result_of(load(guest(echo), m)->call(text)) == text);
}

TEST_CASE_METHOD(PluginFixture, "malloc and free in place of allocate and deallocate", "[exec]") {
  auto plugin = load(bare(R"((func (export "malloc") (param i32) (result i32) (i32.const 1024))
    (func (export "free") (param i32))
    (func (export "execute") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1)))"));
  CHECK(result_of(plugin->call("abc")) == "abc");
}

TEST_CASE_METHOD(PluginFixture, "the buffers of the input and the result are freed", "[exec]") {
  // execute returns how many buffers are held, in another buffer; the input's buffer is the first, the
  // result's the second.
  auto m = manifest();
  m.pool.state = StateMode::keep;
  auto plugin = load(bare(R"((global $held (mut i32) (i32.const 0))
    (func $allocate (export "allocate") (param i32) (result i32)
      (global.set $held (i32.add (global.get $held) (i32.const 1)))
      (i32.mul (global.get $held) (i32.const 1024)))
    (func (export "deallocate") (param i32 i32) (global.set $held (i32.sub (global.get $held) (i32.const 1))))
    (func (export "meta") (result i64) (local $p i32)
      (local.set $p (call $allocate (i32.const 12)))
      (i64.store (local.get $p) (i64.const 0x3a22656d616e227b))
      (i32.store offset=8 (local.get $p) (i32.const 0x7d227022))
      (i64.or (i64.shl (i64.extend_i32_u (local.get $p)) (i64.const 32)) (i64.const 12)))
    (func (export "execute") (param i32 i32) (result i32 i32) (local $p i32)
      (local.set $p (call $allocate (i32.const 1)))
      (i32.store8 (local.get $p) (i32.add (i32.const 48) (global.get $held)))
      (local.get $p) (i32.const 1)))"),
                     m);
  for (int i = 0; i < 20; ++i) CHECK(result_of(plugin->call("x")) == "2");
}

TEST_CASE_METHOD(PluginFixture, "an answer is copied before the guest runs again and overwrites its buffer",
                 "[exec]") {
  auto plugin = load(bare(R"((func (export "allocate") (param i32) (result i32) (i32.const 1024))
    (func (export "deallocate") (param i32 i32) (memory.fill (i32.const 1024) (i32.const 35) (i32.const 64)))
    (func (export "execute") (param i32 i32) (result i64)
      (i64.or (i64.const 0x40000000000) (i64.extend_i32_u (local.get 1)))))"));
  CHECK(result_of(plugin->call("one global buffer")) == "one global buffer");
}

TEST_CASE_METHOD(PluginFixture, "a result in the input's buffer is freed once", "[exec]") {
  auto m = manifest();
  m.pool.state = StateMode::keep;
  auto plugin = load(bare(R"((global $held (mut i32) (i32.const 0))
    (func (export "allocate") (param i32) (result i32)
      (global.set $held (i32.add (global.get $held) (i32.const 1))) (i32.const 1024))
    (func (export "deallocate") (param i32 i32) (global.set $held (i32.sub (global.get $held) (i32.const 1))))
    (func (export "execute") (param i32 i32) (result i32 i32)
      (i32.store8 (local.get 0) (i32.add (i32.const 48) (global.get $held)))
      (local.get 0) (i32.const 1)))"),
                     m);
  for (int i = 0; i < 5; ++i) CHECK(result_of(plugin->call("x")) == "1");
}

TEST_CASE_METHOD(PluginFixture, "results outside the memory are refused, and never read", "[exec]") {
  struct Case {
    const char *name, *body;
  };
  for (auto [name, body] :
       {Case{"address", "(i64.const 0x7fffffff00000001)"}, Case{"length", "(i64.const 0x1ffff00010000)"},
        Case{"wrap", "(i64.const 0xfffffff0000000ff)"}}) {
    INFO(name);
    PluginError error = error_of(load(guest(execute(body)), manifest(name))->call("x"));
    CHECK(error.phase == Phase::call);
    CHECK(error.code == "abi.pointer");
  }
}

TEST_CASE_METHOD(PluginFixture, "a result without an end is refused", "[exec]") {
  auto plugin = load(guest(R"((func (export "execute") (param i32 i32) (result i32)
    (memory.fill (i32.const 65536) (i32.const 120) (i32.const 65536)) (i32.const 65536)))"));
  CHECK(error_of(plugin->call("")).code == "abi.result");
  auto null = load(guest(R"((func (export "execute") (param i32 i32) (result i32) (i32.const 0)))"),
                   manifest("null"));
  CHECK(error_of(null->call("")).code == "abi.pointer");
}

TEST_CASE_METHOD(PluginFixture, "results beyond maxOutputKB are refused in every form", "[exec]") {
  auto m = manifest();
  m.capabilities.max_output_kb = 1;
  auto sized = load(guest(execute("(i64.const 1025)")), m);
  PluginError error = error_of(sized->call(""));
  CHECK(error.code == "limit.output");
  CHECK(error.limit->asked == 1025U);
  CHECK(error.limit->allowed == 1024U);
  CHECK(error.limit->key == "capabilities.maxOutputKB");

  m.meta.name = "open";
  auto open = load(guest(R"((func (export "execute") (param i32 i32) (result i32)
    (memory.fill (i32.const 8192) (i32.const 120) (local.get 1)) (i32.const 8192)))"),
                   m);
  CHECK(result_of(open->call(std::string(1024, '.'))).size() == 1024);
  CHECK(error_of(open->call(std::string(1025, '.'))).code == "limit.output");
}

TEST_CASE_METHOD(PluginFixture, "an allocator that returns null or an invalid address", "[exec]") {
  auto make = [](const char* address) {
    return bare("(func (export \"allocate\") (param i32) (result i32) (i32.const " + std::string(address) +
                ")) (func (export \"deallocate\") (param i32 i32))"
                "(func (export \"execute\") (param i32 i32) (result i64) (i64.const 0))");
  };
  CHECK(error_of(load(make("0"))->call("x")).code == "abi.allocate");
  CHECK(error_of(load(make("65536"), manifest("end"))->call("x")).code == "abi.pointer");
  CHECK(error_of(load(make("-1"), manifest("wrap"))->call("x")).code == "abi.pointer");
}

// ---- meta

TEST_CASE_METHOD(PluginFixture, "meta must agree with the manifest on the name", "[exec]") {
  auto with_meta = [](const char* json) {
    std::string escaped;
    for (const char* c = json; *c != '\0'; ++c) escaped += *c == '"' ? "\\\"" : std::string(1, *c);
    return guest("(data (i32.const 64) \"" + escaped +
                 "\\00\") (func (export \"meta\") (result i32) (i32.const 64))" + std::string(echo));
  };
  CHECK(load(with_meta(R"({"name":"p","version":"9"})"))->meta() == R"({"name":"p","version":"9"})");
  PluginError error = load_error(with_meta(R"({"name":"other"})"), manifest("q"));
  CHECK(error.phase == Phase::init);
  CHECK(error.code == "meta");
  CHECK(contains(error.message, "other"));
  CHECK(contains(error.message, "\"q\""));
  CHECK(load_error(with_meta("no json"), manifest("q")).code == "meta");
  CHECK(load_error(with_meta("[]"), manifest("q")).code == "meta");
  CHECK(load_error(with_meta(R"({"name":1})"), manifest("q")).code == "meta");
}

TEST_CASE_METHOD(PluginFixture, "without a meta function the manifest's meta applies", "[exec]") {
  CHECK(load(guest(echo))->meta() == R"({"name":"p","version":"1.2.3","description":"","author":""})");
}

// ---- init and destroy

namespace {
/// Keeps the input of init; execute returns it.
constexpr std::string_view keeps_init = R"(
  (global $at (mut i32) (i32.const 0)) (global $length (mut i32) (i32.const 0))
  (func (export "init") (param i32 i32) (global.set $at (local.get 0)) (global.set $length (local.get 1)))
  (func (export "execute") (param i32 i32) (result i64) (call $pack (global.get $at) (global.get $length))))";

std::string with_init(std::string_view result, std::string_view body) {
  return guest("(data (i32.const 64) \"{\\\"ok\\\":false,\\\"error\\\":\\\"no disk\\\"}\\00\")"
               "(data (i32.const 128) \"{\\\"success\\\":false}\\00\") (data (i32.const 160) "
               "\"{\\\"ok\\\":true}\\00\")"
               "(func (export \"init\") (param i32 i32) " +
               std::string(result) + std::string(body) + ")" + std::string(echo));
}
} // namespace

TEST_CASE_METHOD(PluginFixture, "init gets the manifest's init, or {}", "[exec]") {
  CHECK(result_of(load(guest(keeps_init))->call("x")) == "{}");
  auto m = manifest("q");
  m.init = R"({"scale":2})";
  auto plugin = load(guest(keeps_init), m);
  CHECK(result_of(plugin->call("x")) == R"({"scale":2})");
  CHECK(result_of(plugin->call("x")) == R"({"scale":2})"); // a fresh instance was initialized too
}

TEST_CASE_METHOD(PluginFixture, "a failing init fails the load", "[exec]") {
  CHECK_FALSE(!try_load(with_init("", "")));
  CHECK_FALSE(!try_load(with_init("(result i32)", "(i32.const 0)"), manifest("status")));
  CHECK_FALSE(
      !try_load(with_init("(result i64)", "(call $pack (i32.const 160) (i32.const 11))"), manifest("ok")));

  PluginError error = load_error(with_init("(result i32)", "(i32.const 7)"), manifest("q"));
  CHECK(error.phase == Phase::init);
  CHECK(error.code == "init");
  CHECK(contains(error.message, "7"));
  error = load_error(with_init("(result i64)", "(call $pack (i32.const 64) (i32.const 30))"), manifest("q"));
  CHECK(error.code == "init");
  CHECK(contains(error.message, "no disk"));
  CHECK(load_error(with_init("(result i64)", "(call $pack (i32.const 128) (i32.const 17))"), manifest("q"))
            .code == "init");
  error = load_error(with_init("", "unreachable"), manifest("q"));
  CHECK(error.phase == Phase::init);
  CHECK(error.code == "trap.unreachable");
}

TEST_CASE_METHOD(PluginFixture, "destroy is called when the plugin is unloaded, and only then", "[exec]") {
  auto m = manifest();
  m.pool.state = StateMode::keep;
  auto plugin = load(guest(R"((data (i32.const 64) "gone")
    (func (export "destroy") (call $print (i32.const 64) (i32.const 4))))" +
                           std::string(echo)),
                     m);
  result_of(plugin->call("x"));
  CHECK(printed.empty());
  CHECK(manager.unload("p"));
  CHECK(printed == "gone");
}

TEST_CASE_METHOD(PluginFixture, "a destroy that fails is reported, and the plugin is unloaded", "[exec]") {
  load(guest("(func (export \"destroy\") (result i32) (i32.const 3))" + std::string(echo)));
  auto done = manager.unload("p");
  REQUIRE_FALSE(done);
  CHECK(contains(done.error().message, "3"));
  CHECK(manager.names().empty());
}

// ---- start-up

TEST_CASE_METHOD(PluginFixture, "_initialize runs before anything else", "[exec]") {
  auto plugin = load(guest(
      "(global $n (mut i32) (i32.const 0)) (func (export \"_initialize\") (global.set $n (i32.const 5)))" +
      execute_digit("(global.get $n)")));
  CHECK(result_of(plugin->call("")) == "5");
  CHECK(result_of(plugin->call("")) == "5");
}

TEST_CASE_METHOD(
    PluginFixture,
    "_start that returns or exits with 0 is a start-up, and later calls work: TinyGo with any scheduler",
    "[exec]") {
  const std::string digit = "(global $n (mut i32) (i32.const 0))" + execute_digit("(global.get $n)");
  auto exits = load(
      guest(digit + "(func (export \"_start\") (global.set $n (i32.const 6)) (call $exit (i32.const 0)))"));
  CHECK(result_of(exits->call("")) == "6");
  auto returns =
      load(guest(digit + "(func (export \"_start\") (global.set $n (i32.const 7)))"), manifest("returns"));
  CHECK(result_of(returns->call("")) == "7");
  auto both = load(guest(digit + "(func (export \"_initialize\")) (func (export \"_start\") unreachable)"),
                   manifest("both"));
  CHECK(result_of(both->call("")) == "0");
}

TEST_CASE_METHOD(PluginFixture, "a start-up that fails fails the load", "[exec]") {
  PluginError error =
      load_error(guest("(func (export \"_start\") (call $exit (i32.const 3)))" + std::string(echo)));
  CHECK(error.phase == Phase::instantiate);
  CHECK(error.code == "exit");
  CHECK(error.exit_status == 3);
  error = load_error(guest("(func (export \"_initialize\") (call $exit (i32.const 0)))" + std::string(echo)));
  CHECK(error.code == "exit");
  error = load_error(guest("(func $s unreachable) (start $s)" + std::string(echo)));
  CHECK(error.phase == Phase::instantiate);
  CHECK(error.code == "trap.unreachable");
}

TEST_CASE_METHOD(PluginFixture, "a start function that never ends is stopped by the deadline", "[exec]") {
  auto m = manifest();
  m.timeout = std::chrono::milliseconds(50);
  for (const char* form :
       {"(func $s (loop (br 0))) (start $s)", "(func (export \"_initialize\") (loop (br 0)))",
        "(func (export \"_start\") (loop (br 0)))"}) {
    INFO(form);
    PluginError error = load_error(guest(std::string(form) + std::string(echo)), m);
    CHECK(error.phase == Phase::instantiate);
    CHECK(error.code == "timeout");
  }
}

TEST_CASE_METHOD(PluginFixture, "start functions run under the manifest's fuel", "[exec]") {
  auto m = manifest();
  m.fuel = 1000;
  CHECK(load_error(guest("(func $s (loop (br 0))) (start $s)" + std::string(echo)), m).code == "fuel");
}

// ---- ABI version

TEST_CASE_METHOD(PluginFixture,
                 "a guest of another ABI version is refused, and the error names both versions", "[exec]") {
  CHECK_FALSE(
      !try_load(guest("(global (export \"skerry_abi_version\") i32 (i32.const 1))" + std::string(echo))));
  for (const char* two : {"(global (export \"skerry_abi_version\") i32 (i32.const 2))",
                          "(func (export \"skerry_abi_version\") (result i32) (i32.const 2))"}) {
    PluginError error = load_error(guest(two + std::string(echo)), manifest("two"));
    CHECK(error.phase == Phase::link);
    CHECK(error.code == "abi.version");
    CHECK(contains(error.message, "version 2"));
    CHECK(contains(error.message, "has 1"));
  }
  CHECK(load_error(guest("(global (export \"skerry_abi_version\") i64 (i64.const 1))" + std::string(echo)),
                   manifest("type"))
            .code == "abi.type");
}

// ---- exports

TEST_CASE_METHOD(PluginFixture, "a missing export is named with its type and suggestions") {
  PluginError error = load_error(bare(R"((func (export "alocate") (param i32) (result i32) (i32.const 1024))
    (func (export "deallocate") (param i32 i32))
    (func (export "execute") (param i32 i32) (result i64) (i64.const 0)))"));
  CHECK(error.phase == Phase::link);
  CHECK(error.code == "abi.missing_export");
  CHECK(contains(error.message, "\"allocate\""));
  CHECK(contains(error.message, "(i32) -> (i32)"));
  CHECK(contains(error.message, "did you mean \"alocate\"?"));

  error = load_error(bare(allocator));
  CHECK(error.code == "abi.missing_export");
  CHECK(contains(error.message, "\"execute\""));
  error = load_error("(module " + std::string(allocator) +
                     std::string(R"((func (export "execute") (param i32 i32) (result i64) (i64.const 0))))"));
  CHECK(contains(error.message, "memory"));
}

TEST_CASE_METHOD(PluginFixture, "an export of another type is named with both types") {
  PluginError error = load_error(
      bare(std::string(allocator) + R"((func (export "execute") (param i32) (result f64) (f64.const 0)))"));
  CHECK(error.phase == Phase::link);
  CHECK(error.code == "abi.type");
  CHECK(contains(error.message, "(i32, i32) -> (i64)"));
  CHECK(contains(error.message, "(i32) -> (f64)"));
  CHECK(load_error(
            bare(std::string(allocator) + std::string(R"((global (export "execute") i32 (i32.const 0)))")))
            .code == "abi.type");
}
