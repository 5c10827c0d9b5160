#include "skerry/host/manifest.hpp"

#include "host/support/json.hpp"
#include "tests/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace skerry::host;
using std::chrono::milliseconds;

namespace {

/// A manifest with one more top-level member, e.g. `"timeout": 5`.
std::string with(const std::string& member) {
  return R"({"meta": {"name": "p"}, "wasmPath": "p.wasm")" + (member.empty() ? "" : ", " + member) + "}";
}

std::string capability(const std::string& member) { return with("\"capabilities\": {" + member + "}"); }

Manifest good(const std::string& text) {
  auto manifest = parse_manifest(text, "/base");
  INFO(text);
  if (!manifest) FAIL(manifest.error().message);
  return *manifest;
}

PluginError bad(const std::string& text) {
  auto manifest = parse_manifest(text, "/base");
  INFO(text);
  REQUIRE_FALSE(manifest);
  CHECK(manifest.error().phase == Phase::read);
  CHECK(manifest.error().code == "manifest");
  return manifest.error();
}

std::string bad_path(const std::string& text) { return bad(text).manifest_path; }

} // namespace

TEST_CASE("a manifest with every key") {
  Manifest m = good(R"({
    "meta": {"name": "json-transformer", "version": "1.0.0", "description": "d", "author": "a"},
    "wasmPath": "./plugins/json-transformer.wasm",
    "hash": "xxh3-128:0123456789ABCDEF0123456789abcdef",
    "timeout": 5000,
    "fuel": 500000000,
    "capabilities": {
      "maxMemoryMB": 32, "maxTableElements": 20000, "maxStackKB": 512, "maxOutputKB": 64,
      "allowFileSystem": true,
      "allowedPaths": ["/srv/data", {"host": "/srv/in", "guest": "/in", "mode": "rw"}],
      "allowEnv": true, "env": ["LANG", {"TOKEN": "t"}],
      "allowNetwork": true,
      "allowedHosts": ["api.example.com", "*.example.org:443", {"host": "10.0.0.7", "port": 8080}],
      "allowPrivateAddresses": true
    },
    "init": {"scale": 1},
    "pool": {"size": 4, "maxWait": 2000, "state": "keep"},
    "breaker": {"threshold": 3, "resetTimeout": 1000},
    "reload": {"watch": true, "settle": 200, "canary": {"parameters": {}}, "rollbackOnErrorRate": 0.5,
               "keep": 0, "rollbackWindow": 5000, "rollbackMinCalls": 7, "maxStateKB": 8, "stateTimeout": 90}
  })");
  CHECK(m.meta == PluginMeta{"json-transformer", "1.0.0", "d", "a"});
  CHECK(m.wasm_path == "/base/plugins/json-transformer.wasm");
  CHECK(m.hash == "0123456789abcdef0123456789abcdef");
  CHECK(m.timeout == milliseconds(5000));
  CHECK(m.fuel == 500000000U);
  const Capabilities& c = m.capabilities;
  CHECK(c.max_memory_bytes() == 32U << 20);
  CHECK(c.max_table_elements == 20000);
  CHECK(c.max_stack_bytes() == 512U << 10);
  CHECK(c.max_output_bytes() == 64U << 10);
  CHECK(c.allow_file_system);
  REQUIRE(c.allowed_paths.size() == 2);
  CHECK(c.allowed_paths[0].host == "/srv/data");
  CHECK(c.allowed_paths[0].guest == "/srv/data");
  CHECK(c.allowed_paths[0].mode == PathMode::read_only);
  CHECK(c.allowed_paths[1].guest == "/in");
  CHECK(c.allowed_paths[1].mode == PathMode::read_write);
  CHECK(c.allow_env);
  REQUIRE(c.env.size() == 2);
  CHECK(c.env[0].name == "LANG");
  CHECK_FALSE(c.env[0].value);
  CHECK(c.env[1].name == "TOKEN");
  CHECK(c.env[1].value == "t");
  CHECK(c.allow_network);
  REQUIRE(c.allowed_hosts.size() == 3);
  CHECK(c.allowed_hosts[1].subdomains());
  CHECK(c.allowed_hosts[1].port() == 443);
  CHECK(c.allowed_hosts[2].host() == "10.0.0.7");
  CHECK(c.allow_private_addresses);
  CHECK(m.init == R"({"scale":1})");
  CHECK(m.pool.size == 4);
  CHECK(m.pool.max_wait == milliseconds(2000));
  CHECK(m.pool.state == StateMode::keep);
  CHECK(m.breaker->threshold == 3);
  CHECK(m.breaker->reset_timeout == milliseconds(1000));
  CHECK(m.reload.watch);
  CHECK(m.reload.settle == milliseconds(200));
  CHECK(m.reload.canary == R"({"parameters":{}})");
  CHECK(m.reload.rollback_on_error_rate == 0.5);
  CHECK(m.reload.keep == 0);
  CHECK(m.reload.rollback_window == milliseconds(5000));
  CHECK(m.reload.rollback_min_calls == 7);
  CHECK(m.reload.max_state_bytes() == 8192);
  CHECK(m.reload.state_timeout == milliseconds(90));
}

TEST_CASE("the smallest manifest has safe defaults and grants nothing") {
  Manifest m = good(with(""));
  CHECK(m.timeout == milliseconds(1000));
  CHECK_FALSE(m.fuel);
  CHECK(m.hash.empty());
  CHECK(m.init == "{}");
  CHECK(m.capabilities.max_memory_mb == 128);
  CHECK(m.capabilities.max_table_elements == 100'000);
  CHECK(m.capabilities.max_stack_kb == 1024);
  CHECK(m.capabilities.max_output_kb == 1024);
  CHECK_FALSE(m.capabilities.allow_file_system);
  CHECK_FALSE(m.capabilities.allow_env);
  CHECK_FALSE(m.capabilities.allow_network);
  CHECK_FALSE(m.capabilities.allow_private_addresses);
  CHECK(m.pool.size == 1);
  CHECK(m.pool.state == StateMode::fresh);
  CHECK_FALSE(m.breaker);
  CHECK_FALSE(m.reload.watch);
}

TEST_CASE("maxMemoryMB 4096 does not overflow 32 bits") {
  CHECK(good(capability(R"("maxMemoryMB": 4096)")).capabilities.max_memory_bytes() == uint64_t{4} << 30);
}

TEST_CASE("unknown keys are errors with their path and suggestions") {
  CHECK(bad_path(with(R"("timeOut": 5)")) == "$.timeOut");
  CHECK(bad(with(R"("timeOut": 5)")).message.find("did you mean timeout?") != std::string::npos);
  CHECK(bad_path(capability(R"("maxMemoryMb": 5)")) == "$.capabilities.maxMemoryMb");
  CHECK(bad_path(with(R"("pool": {"sise": 5})")) == "$.pool.sise");
  CHECK(bad_path(with(R"("breaker": {"x": 5})")) == "$.breaker.x");
  CHECK(bad_path(with(R"("reload": {"x": 5})")) == "$.reload.x");
  CHECK(bad_path(R"({"meta": {"name": "p", "x": 1}, "wasmPath": "w"})") == "$.meta.x");
  CHECK(bad_path(capability(R"("allowedPaths": [{"host": "/a", "guset": "/b"}])")) ==
        "$.capabilities.allowedPaths[0].guset");
  CHECK(bad_path(capability(R"("allowedHosts": ["a.b", {"host": "a", "ports": 1}])")) ==
        "$.capabilities.allowedHosts[1].ports");
}

TEST_CASE("required keys") {
  CHECK(bad_path(R"({"wasmPath": "w"})") == "$.meta");
  CHECK(bad_path(R"({"meta": {}, "wasmPath": "w"})") == "$.meta.name");
  CHECK(bad_path(R"({"meta": {"name": "p"}})") == "$.wasmPath");
  CHECK(bad_path(R"({"meta": {"name": "p"}, "wasmPath": ""})") == "$.wasmPath");
  CHECK(bad_path(capability(R"("allowedPaths": [{"guest": "/b"}])")) ==
        "$.capabilities.allowedPaths[0].host");
  CHECK(bad_path(capability(R"("allowedHosts": [{"port": 1}])")) == "$.capabilities.allowedHosts[0].host");
}

TEST_CASE("zero never means unlimited") {
  CHECK(bad_path(with(R"("timeout": 0)")) == "$.timeout");
  CHECK(bad_path(with(R"("fuel": 0)")) == "$.fuel");
  for (const char* key : {"maxMemoryMB", "maxTableElements", "maxStackKB", "maxOutputKB"}) {
    CHECK(bad_path(capability("\"" + std::string(key) + "\": 0")) == "$.capabilities." + std::string(key));
  }
  CHECK(bad_path(with(R"("pool": {"size": 0})")) == "$.pool.size");
  CHECK(bad_path(with(R"("pool": {"maxWait": 0})")) == "$.pool.maxWait");
  CHECK(bad_path(with(R"("breaker": {"threshold": 0})")) == "$.breaker.threshold");
  CHECK(bad_path(with(R"("breaker": {"resetTimeout": 0})")) == "$.breaker.resetTimeout");
  CHECK(bad_path(with(R"("reload": {"settle": 0})")) == "$.reload.settle");
  CHECK(bad_path(with(R"("reload": {"keep": 101})")) == "$.reload.keep");
  CHECK(bad_path(with(R"("reload": {"rollbackWindow": 0})")) == "$.reload.rollbackWindow");
  CHECK(bad_path(with(R"("reload": {"rollbackMinCalls": 0})")) == "$.reload.rollbackMinCalls");
  CHECK(bad_path(with(R"("reload": {"maxStateKB": 0})")) == "$.reload.maxStateKB");
  CHECK(bad_path(with(R"("reload": {"stateTimeout": 0})")) == "$.reload.stateTimeout");
  CHECK(bad_path(with(R"("reload": {"rollbackOnErrorRate": 0})")) == "$.reload.rollbackOnErrorRate");
}

TEST_CASE("values out of range and of wrong types") {
  CHECK(bad_path(with(R"("timeout": -1)")) == "$.timeout");
  CHECK(bad_path(with(R"("timeout": 1.5)")) == "$.timeout");
  CHECK(bad_path(with(R"("timeout": "5s")")) == "$.timeout");
  CHECK(bad_path(with(R"("timeout": 86400001)")) == "$.timeout");
  CHECK(bad_path(with(R"("fuel": 9223372036854775808)")) == "$.fuel");
  CHECK(bad_path(with(R"("fuel": 1e30)")) == "$.fuel");
  CHECK(bad_path(with(R"("capabilities": [])")) == "$.capabilities");
  CHECK(bad_path(capability(R"("maxMemoryMB": 4097)")) == "$.capabilities.maxMemoryMB");
  CHECK(bad_path(capability(R"("maxMemoryMB": 18446744073709551615)")) == "$.capabilities.maxMemoryMB");
  CHECK(bad_path(capability(R"("allowFileSystem": 1)")) == "$.capabilities.allowFileSystem");
  CHECK(bad_path(capability(R"("allowNetwork": "true")")) == "$.capabilities.allowNetwork");
  CHECK(bad_path(capability(R"("allowedPaths": "/a")")) == "$.capabilities.allowedPaths");
  CHECK(bad_path(capability(R"("allowedPaths": [1])")) == "$.capabilities.allowedPaths[0]");
  CHECK(bad_path(capability(R"("allowedPaths": [""])")) == "$.capabilities.allowedPaths[0]");
  CHECK(bad_path(capability(R"("allowedPaths": [{"host": "/a", "guest": "/../b"}])")) ==
        "$.capabilities.allowedPaths[0]");
  CHECK(bad_path(capability(R"("allowedPaths": [{"host": "/a", "mode": "w"}])")) ==
        "$.capabilities.allowedPaths[0].mode");
  CHECK(bad_path(capability(R"("allowedPaths": ["/a", {"host": "/b", "guest": "/a/"}])")) ==
        "$.capabilities.allowedPaths");
  CHECK(bad_path(capability(R"("env": [1])")) == "$.capabilities.env[0]");
  CHECK(bad_path(capability(R"("env": ["A=B"])")) == "$.capabilities.env[0]");
  CHECK(bad_path(capability(R"("env": [{"A": 1}])")) == "$.capabilities.env[0].A");
  CHECK(bad_path(capability(R"("env": ["A", {"A": "x"}])")) == "$.capabilities.env");
  CHECK(bad_path(capability(R"("env": ["PLUGIN_VERSION"])")) == "$.capabilities.env[0]");
  CHECK(bad_path(capability(R"("allowedHosts": ["*"])")) == "$.capabilities.allowedHosts[0]");
  CHECK(bad_path(capability(R"("allowedHosts": [{"host": "a.b", "port": 0}])")) ==
        "$.capabilities.allowedHosts[0].port");
  CHECK(bad_path(capability(R"("allowedHosts": [{"host": "a.b:1", "port": 2}])")) ==
        "$.capabilities.allowedHosts[0]");
  CHECK(bad_path(with(R"("hash": "md5:00")")) == "$.hash");
  CHECK(bad_path(with(R"("hash": "xxh3-128:00")")) == "$.hash");
  CHECK(bad_path(with(R"("pool": {"state": "dirty"})")) == "$.pool.state");
  CHECK(bad_path(with(R"("reload": {"rollbackOnErrorRate": 1.5})")) == "$.reload.rollbackOnErrorRate");
  CHECK(bad_path(R"({"meta": {"name": "a/b"}, "wasmPath": "w"})") == "$.meta.name");
  CHECK(bad_path(R"({"meta": {"name": 1}, "wasmPath": "w"})") == "$.meta.name");
  CHECK(bad_path(R"({"meta": {"name": "p"}, "wasmPath": "a\u0000b"})") == "$.wasmPath");
}

TEST_CASE("texts that are not manifests") {
  CHECK(bad_path("") == "$");
  CHECK(bad_path("[]") == "$");
  CHECK(bad_path("{") == "$");
  CHECK(bad_path("{} x") == "$");
  CHECK(bad_path(std::string(1'000'000, '[')) == "$");
  for (const std::string name : {".", ".."})
    CHECK(bad_path(R"({"meta":{"name":")" + name + R"("},"wasmPath":"x"})") == "$.meta.name");
  CHECK(parse_manifest(R"({"meta":{"name":"..."},"wasmPath":"x"})", "/"));
  const PluginError twice = bad(with(R"("timeout": 1, "timeout": 2)"));
  CHECK(twice.message == "$.timeout: the key occurs twice");
  CHECK(twice.manifest_path == "$.timeout");
  const PluginError inner = bad(with(R"("capabilities": {"env": ["A", {"B": "1", "C": "2", "B": "3"}]})"));
  CHECK(inner.manifest_path == "$.capabilities.env[1].B");
  std::string deep = with("\"init\": " + std::string(200, '[') + std::string(200, ']'));
  CHECK(bad(deep).message.find("nested deeper") != std::string::npos);
  CHECK(bad_path("\xff") == "$");
}

TEST_CASE("init may be any JSON") {
  CHECK(good(with(R"("init": [1, "a", null])")).init == R"([1,"a",null])");
  CHECK(good(with(R"("init": null)")).init == "null");
}

TEST_CASE("manifest files") {
  std::string folder = (std::filesystem::temp_directory_path() / "skerry-manifest-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()));
  std::filesystem::path path = folder;
  std::ofstream(path / "m.json") << with(R"("capabilities": {"allowedPaths": ["data"]})");
  auto manifest = read_manifest(path / "m.json");
  REQUIRE(manifest);
  CHECK(manifest->wasm_path == path / "p.wasm");
  CHECK(manifest->capabilities.allowed_paths[0].host == path / "data");
  CHECK(manifest->capabilities.allowed_paths[0].guest == "data");

  std::ofstream(path / "bad.json") << with(R"("x": 1)");
  CHECK(read_manifest(path / "bad.json").error().manifest_path == "$.x");
  CHECK(read_manifest(path / "bad.json").error().message.find("bad.json") != std::string::npos);
  CHECK(read_manifest(path / "none.json").error().code == "io");
  CHECK(read_manifest(path).error().code == "io");
  std::ofstream(path / "big.json") << std::string(1'100'000, ' ');
  CHECK(read_manifest(path / "big.json").error().code == "limit.manifest");
  std::filesystem::remove_all(path);
}
