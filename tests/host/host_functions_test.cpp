// The imports of module `env`: what they do, which plugins have them, and which errors they return.
#include "host/support/base64.hpp"
#include "tests/host/support/local_server.hpp"
#include "tests/host/support/plugin_fixture.hpp"

#include <filesystem>
#include <fstream>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;

namespace {

/// A guest with further imports, given as `name (param …) (result …)` pairs of name and type.
std::string importing(std::initializer_list<std::pair<const char*, const char*>> imports,
                      std::string_view fields) {
  std::string text = guest(fields);
  for (const auto& [name, type] : imports) {
    const std::string import =
        "(import \"env\" \"" + std::string(name) + "\" (func $" + name + " " + type + "))";
    text.insert(text.find("(import"), import);
  }
  return text;
}

constexpr const char* four = "(param i32 i32 i32 i32) (result i32)";
constexpr const char* two = "(param i32 i32) (result i32)";

/// `execute` that returns the i32 result of `body` as text, negative ones as "-digit".
std::string execute_code(std::string_view body) {
  return "(func $code (param $p i32) (param $n i32) (result i32) " + std::string(body) + ")" +
         execute(R"((local $c i32)
    (local.set $c (call $code (local.get $p) (local.get $n)))
    (i32.store8 (i32.const 16) (i32.const 45))
    (i32.store8 (i32.const 17) (i32.sub (i32.const 48) (local.get $c)))
    (if (i32.lt_s (local.get $c) (i32.const 0)) (then (return (call $pack (i32.const 16) (i32.const 2)))))
    (i32.store8 (i32.const 16) (i32.add (i32.const 48) (local.get $c)))
    (call $pack (i32.const 16) (i32.const 1)))");
}

Manifest with_network(Manifest m) {
  m.capabilities.allow_network = true;
  m.capabilities.allow_private_addresses = true;
  m.capabilities.allowed_hosts.push_back(*HostRule::parse("127.0.0.1"));
  return m;
}

} // namespace

TEST_CASE_METHOD(PluginFixture,
                 "imports exist only for plugins that may use them; all missing imports are listed at once") {
  const std::string wat = importing({{"net_dial2", "(param i32 i32 i32) (result i32)"},
                                     {"fs_check2", two},
                                     {"kv_get", four},
                                     {"config_get", four},
                                     {"http_request", two},
                                     {"nonsense", two}},
                                    echo);
  const PluginError error = load_error(wat);
  CHECK(error.phase == Phase::link);
  CHECK(error.code == "unlinkable");
  for (const char* part :
       {"6 imports are missing", "env.net_dial2",
        "capabilities.allowNetwork and capabilities.allowedHosts would grant it", "env.fs_check2",
        "capabilities.allowFileSystem", "env.kv_get", "capabilities.allowKeyValue would grant it",
        "env.config_get", "config would grant it", "env.nonsense", "no capability grants it"}) {
    INFO(part << " in " << error.message);
    CHECK(contains(error.message, part));
  }
  CHECK(error.capabilities.size() >= 5);
}

TEST_CASE_METHOD(PluginFixture, "the reference's imports exist for every plugin and return 0 or 1") {
  auto plugin = load(guest(execute_digit("(i32.add (call $fs_check (local.get $p) (local.get $n)) "
                                         "(call $net_dial (local.get $p) (local.get $n) (i32.const 80)))")));
  CHECK(result_of(plugin->call("/etc")) == "0");
}

TEST_CASE_METHOD(PluginFixture, "each plugin has its own imports") {
  auto m = manifest("allowed");
  m.capabilities.allow_file_system = true;
  m.capabilities.allowed_paths.push_back({folder.string(), "/data", PathMode::read_only});
  const std::string wat = guest(execute_digit("(call $fs_check (local.get $p) (local.get $n))"));
  auto allowed = load(wat, m);
  auto denied = load(wat, manifest("denied"));
  CHECK(result_of(allowed->call("/data/x")) == "1");
  CHECK(result_of(denied->call("/data/x")) == "0");
  CHECK(result_of(allowed->call("/database")) == "0");
  CHECK(result_of(allowed->call("/data/../etc")) == "0");
}

TEST_CASE_METHOD(PluginFixture, "fs_check2: present, missing, denied, invalid path, bad pointer") {
  auto m = manifest();
  m.capabilities.allow_file_system = true;
  m.capabilities.allowed_paths.push_back({folder.string(), "/data", PathMode::read_only});
  std::ofstream(folder / "file") << "x";
  auto plugin = load(
      importing({{"fs_check2", two}}, execute_code("(call $fs_check2 (local.get $p) (local.get $n))")), m);
  CHECK(result_of(plugin->call("/data/file")) == "1");
  CHECK(result_of(plugin->call("/data")) == "1");
  std::filesystem::create_directory_symlink("/etc", folder / "link");
  CHECK(result_of(plugin->call("/data/link")) == "1");
  CHECK(result_of(plugin->call("/data/link/passwd")) == "-3"); // the link leads out of the folder
  std::filesystem::create_directory(folder / "below");
  std::ofstream(folder / "below" / "file") << "x";
  std::filesystem::create_directory_symlink("below", folder / "inner");
  CHECK(result_of(plugin->call("/data/inner/file")) == "1"); // this one stays in it
  CHECK(result_of(plugin->call("/data/none")) == "-3");
  CHECK(result_of(plugin->call("/etc/passwd")) == "-1");
  CHECK(result_of(plugin->call("/data/../etc")) == "-1");
  CHECK(result_of(plugin->call("")) == "-2");
  m.meta.name = "q";
  auto bad = load(
      importing({{"fs_check2", two}}, execute_code("(call $fs_check2 (i32.const -1) (i32.const 9))")), m);
  CHECK(result_of(bad->call("x")) == "-4");
}

TEST_CASE_METHOD(PluginFixture,
                 "an out-of-bounds pointer traps if no error code exists for it, and is not an empty text") {
  auto plugin = load(guest(execute_digit("(call $fs_check (i32.const -1) (i32.const 9))")));
  CHECK(error_of(plugin->call("x")).code == "trap.out_of_bounds_memory_access");
}

TEST_CASE_METHOD(PluginFixture, "net_dial and net_dial2: reached, denied, failed, unreachable, bad pointer") {
  LocalServer server([](const std::string&) { return std::string(); });
  auto m = with_network(manifest());
  m.capabilities.allowed_hosts.push_back(*HostRule::parse("nowhere.invalid"));
  const auto dial = [&](const std::string& function, uint16_t port, const std::string& name) {
    m.meta.name = name;
    return load(importing({{"net_dial2", "(param i32 i32 i32) (result i32)"}},
                          execute_code("(call $" + function + " (local.get $p) (local.get $n) (i32.const " +
                                       std::to_string(port) + "))")),
                m);
  };
  auto reached = dial("net_dial2", server.port(), "a"), closed = dial("net_dial2", closed_port(), "b");
  CHECK(result_of(reached->call("127.0.0.1")) == "1");
  CHECK(result_of(reached->call("10.0.0.7")) == "-1");
  CHECK(result_of(reached->call("nowhere.invalid")) == "-2");
  CHECK(result_of(closed->call("127.0.0.1")) == "-3");
  auto simple = dial("net_dial", server.port(), "c");
  CHECK(result_of(simple->call("127.0.0.1")) == "1");
  CHECK(result_of(simple->call("10.0.0.7")) == "0");
  m.meta.name = "d";
  auto bad = load(importing({{"net_dial2", "(param i32 i32 i32) (result i32)"}},
                            execute_code("(call $net_dial2 (i32.const -1) (i32.const 9) (i32.const 80))")),
                  m);
  CHECK(result_of(bad->call("x")) == "-4");
}

TEST_CASE_METHOD(PluginFixture, "http_request: the response is fetched whole") {
  LocalServer server([](const std::string&) { return http_answer("200 OK", "pong"); });
  auto plugin = load(importing({{"http_request", two}, {"http_response", two}}, execute(R"((local $size i32)
      (local.set $size (call $http_request (local.get $p) (local.get $n)))
      (if (i32.lt_s (local.get $size) (i32.const 0)) (then
        (i32.store8 (i32.const 16) (i32.sub (i32.const 48) (local.get $size)))
        (return (call $pack (i32.const 16) (i32.const 1)))))
      (drop (call $http_response (i32.const 60000) (local.get $size)))
      (call $pack (i32.const 60000) (local.get $size)))")),
                     with_network(manifest()));
  const std::string answer = result_of(plugin->call(R"({"url": ")" + server.url("/") + R"("})"));
  CHECK(contains(answer, R"("status":200)"));
  CHECK(contains(answer, R"("body":"pong")"));
  CHECK(result_of(plugin->call(R"({"url": "http://10.0.0.1/"})")) == "1");
  CHECK(result_of(plugin->call("nonsense")) == "7");
  CHECK(result_of(plugin->call(R"({"url": "http://127.0.0.1:)" + std::to_string(closed_port()) + "/\"}")) ==
        "3");
}

TEST_CASE_METHOD(PluginFixture, "a stuck peer delays a call at most until its deadline") {
  LocalServer server([](const std::string&) { return std::string(); }, LocalServer::Manner::silent);
  auto m = with_network(manifest());
  m.timeout = std::chrono::milliseconds(150);
  auto plugin =
      load(importing({{"http_request", two}},
                     execute_code("(call $http_request (local.get $p) (local.get $n)) (loop (br 0))")),
           m);
  const auto start = std::chrono::steady_clock::now();
  const PluginError error = error_of(plugin->call(R"({"url": ")" + server.url("/") + R"("})"));
  CHECK(error.code == "timeout");
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(1000));
}

TEST_CASE_METHOD(PluginFixture, "config_get: values, missing names, small buffers, bad pointers") {
  auto m = manifest();
  m.config = std::map<std::string, std::string>{{"color", "blue"}, {"empty", ""}};
  const auto get = [&](const std::string& name, const std::string& arguments) {
    m.meta.name = name;
    return load(importing({{"config_get", four}},
                          execute_code("(call $config_get (local.get $p) (local.get $n) " + arguments + ")")),
                m);
  };
  auto plugin = get("a", "(i32.const 1000) (i32.const 100)");
  CHECK(result_of(plugin->call("color")) == "4");
  CHECK(result_of(plugin->call("empty")) == "0");
  CHECK(result_of(plugin->call("none")) == "-8");
  CHECK(result_of(get("b", "(i32.const 1000) (i32.const 2)")->call("color")) == "4"); // returns its length
  CHECK(result_of(get("c", "(i32.const -8) (i32.const 100)")->call("color")) == "-4");
}

TEST_CASE_METHOD(PluginFixture,
                 "the key-value store outlives calls, resets and traps, and belongs to one plugin") {
  auto m = manifest();
  m.capabilities.allow_key_value = true;
  const std::string wat = importing({{"kv_get", four}, {"kv_set", four}, {"kv_delete", two}}, execute_code(R"(
    (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 115)) (then
      (return (call $kv_set (local.get $p) (i32.const 1) (local.get $p) (local.get $n)))))
    (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 100)) (then
      (return (call $kv_delete (i32.add (local.get $p) (i32.const 1)) (i32.const 1)))))
    (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 116)) (then unreachable))
    (call $kv_get (i32.add (local.get $p) (i32.const 1)) (i32.const 1) (i32.const 1000) (i32.const 10)))"));
  auto plugin = load(wat, m);
  CHECK(result_of(plugin->call("gs")) == "-8");
  CHECK(result_of(plugin->call("s1234")) == "1");
  error_of(plugin->call("t"));
  CHECK(result_of(plugin->call("gs")) == "5");
  m.meta.name = "other";
  CHECK(result_of(load(wat, m)->call("gs")) == "-8");
  CHECK(result_of(plugin->call("ds")) == "1");
  CHECK(result_of(plugin->call("gs")) == "-8");
}

TEST_CASE_METHOD(PluginFixture,
                 "imports of env work on the memory exported as \"memory\", whatever its index") {
  auto m = manifest();
  m.capabilities.allow_file_system = true;
  m.capabilities.allowed_paths.push_back({folder.string(), "/data"});
  // The text is in the second memory; the first one has a path that is not granted at the same place.
  auto plugin = load(R"((module
    (import "env" "fs_check" (func $fs_check (param i32 i32) (result i32)))
    (memory $first 1) (memory $second (export "memory") 2)
    (data (memory $first) (i32.const 0) "/wrong") (data (memory $second) (i32.const 0) "/data/")
    (func (export "allocate") (param i32) (result i32) (i32.const 4096))
    (func (export "deallocate") (param i32 i32))
    (func (export "execute") (param i32 i32) (result i64)
      (i32.store8 $second (i32.const 16) (i32.add (i32.const 48) (call $fs_check (i32.const 0) (i32.const 6))))
      (i64.const 0x0000001000000001))))",
                     m);
  CHECK(result_of(plugin->call("x")) == "1");
}

TEST_CASE_METHOD(PluginFixture, "a 64-bit memory is refused when a plugin is loaded") {
  const PluginError error = load_error(R"((module (memory (export "memory") i64 1)
    (func (export "allocate") (param i32) (result i32) (i32.const 8)) (func (export "deallocate") (param i32 i32))
    (func (export "execute") (param i32 i32) (result i64) (i64.const 0))))");
  CHECK(error.code == "abi.type");
  CHECK(contains(error.message, "32-bit memory"));
}

TEST_CASE_METHOD(PluginFixture, "invalid paths, hosts and keys are refused before they are used") {
  auto m = with_network(manifest());
  m.capabilities.max_memory_mb = 4;
  m.capabilities.max_http_response_kb = 64;
  m.capabilities.allow_file_system = true;
  m.capabilities.allowed_paths.push_back({folder.string(), "/"});
  m.config = std::map<std::string, std::string>{{"key", "value"}};
  const auto answer = [&, this](const std::string& name, const char* type, const std::string& call) {
    m.meta.name = name;
    m.wasm_path = folder / (name + ".wasm");
    std::string wat = importing({}, execute_code(call));
    if (type != nullptr) wat = importing({{name.c_str(), type}}, execute_code(call));
    return result_of(load(wat, m)->call(std::string(1 << 20, '/')));
  };
  constexpr const char* three = "(param i32 i32 i32) (result i32)";
  CHECK(answer("fs_check", nullptr, "(call $fs_check (local.get $p) (local.get $n))") == "0");
  CHECK(answer("net_dial", nullptr, "(call $net_dial (local.get $p) (local.get $n) (i32.const 80))") == "0");
  CHECK(answer("fs_check2", two, "(call $fs_check2 (local.get $p) (local.get $n))") == "-2");
  CHECK(answer("net_dial2", three, "(call $net_dial2 (local.get $p) (local.get $n) (i32.const 80))") == "-2");
  CHECK(answer("http_request", two, "(call $http_request (local.get $p) (local.get $n))") == "-5");
  CHECK(answer("config_get", four,
               "(call $config_get (local.get $p) (local.get $n) (i32.const 0) (i32.const 0))") == "-8");
}

TEST_CASE_METHOD(PluginFixture, "log lines and bytes of values cost fuel") {
  auto m = manifest();
  m.capabilities.max_memory_mb = 2;
  m.capabilities.max_log_lines = 1; // the others are dropped, but still paid for
  m.fuel = 500'000;
  auto lines = load(importing({{"log", "(param i32 i32 i32)"}}, execute_code(R"(
      (memory.fill (local.get $p) (i32.const 10) (local.get $n))
      (call $log (i32.const 2) (local.get $p) (local.get $n)) (i32.const 1))")),
                    m);
  CHECK(result_of(lines->call("1000 lines at most")) == "1");
  CHECK(error_of(lines->call(std::string(100'000, 'x'))).code == "fuel"); // 16 for each line
  m.meta.name = "values";
  m.wasm_path = folder / "values.wasm";
  m.capabilities.allow_key_value = true;
  auto values = load(importing({{"kv_set", four}}, execute_code(R"(
      (loop $again
        (drop (call $kv_set (local.get $p) (i32.const 1) (local.get $p) (local.get $n)))
        (br $again))
      (i32.const 1))")),
                     m);
  CHECK(error_of(values->call(std::string(500'000, 'x'))).code == "fuel");
}

TEST_CASE("base64 is decoded to what was encoded") {
  for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar", "\xff\xfe\x00z"}) {
    CHECK(from_base64(to_base64(text)) == text);
  }
  CHECK(to_base64("fooba") == "Zm9vYmE=");
  for (const char* bad : {"Zg", "Zg=", "====", "Z$==", "Zm9vYmE=Zm9vYmE="}) {
    INFO(bad);
    CHECK_FALSE(from_base64(bad));
  }
}
