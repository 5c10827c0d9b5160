// Text of plugins, manifests and files where an operator reads it: errors, their JSON, metrics, log lines.
#include "host/reload/interface_change.hpp"
#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "host/support/file_bytes.hpp"
#include "host/support/json.hpp"
#include "skerry/host/plugin_types.hpp"
#include "tests/host/support/plugin_fixture.hpp"
#include "tests/support/hostile_text.hpp"
#include "tests/support/module_builder.hpp"
#include "vm/base/near_names.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using skerry::test::Bytes;
using skerry::test::harm_in;
using skerry::test::hostile_names;
using skerry::test::hostile_texts;
using skerry::test::ModuleBuilder;

namespace {

constexpr size_t longest_line = longest_printed_message + 4096;

void check_harmless(const PluginError& error) {
  INFO(error.message.substr(0, 500));
  CHECK(harm_in(error.message, longest_line).empty());
  CHECK(harm_in(error.manifest_path, longest_printed_name).empty());
  CHECK(harm_in(to_json(error), 3 * longest_line).empty());
  CHECK(parse_json(to_json(error)));
  const size_t lines = 1 + error.backtrace.size();
  CHECK(harm_in(describe(error), longest_line + lines * 300, lines).empty());
}

} // namespace

TEST_CASE("printed JSON holds every value exactly and nothing that a terminal obeys") {
  for (const std::string& text : hostile_names()) {
    const std::string json = json_string(text);
    CHECK(harm_in(json, ~size_t{0}).empty());
    const auto parsed = parse_json(json);
    REQUIRE(parsed);
    CHECK(*parsed == Json(text));
  }
  CHECK(json_string("Größe 名前 𝕊") == "\"Größe 名前 𝕊\"");
  for (const std::string& text : hostile_texts()) CHECK(harm_in(json_string(text), ~size_t{0}).empty());
}

TEST_CASE("errors made of hostile text") {
  Manifest m;
  m.meta.name = "p";
  for (const std::string& text : hostile_texts()) {
    check_harmless(make_error(m, Phase::call, PluginErrorCode::host, text));
    check_harmless(engine_error(m, Phase::call, Error::host(text)));
    PluginError by_hand;
    by_hand.message = "safe";
    by_hand.backtrace.push_back({1, text, text, 3});
    CHECK(harm_in(to_json(by_hand), longest_line).empty());
    CHECK(harm_in(describe(by_hand), longest_line, 2).empty());
  }
}

TEST_CASE("keys, values and names in manifests") {
  for (const std::string& text : hostile_texts()) {
    const std::string s = json_string(text);
    const std::string meta = R"("meta":{"name":"p"},"wasmPath":"p.wasm")";
    for (const std::string& manifest :
         {"{" + meta + "," + s + ":1}", R"({"meta":{"name":)" + s + R"(},"wasmPath":"p.wasm"})",
          "{" + meta + R"(,"hash":)" + s + "}",
          "{" + meta + R"(,"capabilities":{"allowedHosts":[)" + s + "]}}",
          "{" + meta + R"(,"capabilities":{"env":[{)" + s + ":1}]}}",
          "{" + meta + R"(,"capabilities":{"env":[)" + s + "," + s + "]}}",
          "{" + meta + R"(,"config":{)" + s + ":1}}",
          "{" + meta + R"(,"capabilities":{"allowedPaths":[)" + s + "," + s + "]}}",
          "{" + s + ":1," + s + ":2}", "{\"" + text + "\":1}", text,
          "{" + meta + R"(,"pool":{"state":)" + s + "}}"}) {
      const auto parsed = parse_manifest(manifest, "/");
      if (!parsed) check_harmless(parsed.error());
    }
  }
}

TEST_CASE("names of files and of suggestions") {
  for (const std::string& text : hostile_texts()) {
    auto bytes = read_file("/nonexistent/" + text, 100);
    REQUIRE_FALSE(bytes);
    CHECK(harm_in(bytes.error().message, 500).empty());
    const std::vector<std::string> known{text, text + "x"};
    CHECK(harm_in(vm::did_you_mean(text + "y", known), 1000).empty());
  }
}

TEST_CASE("imports, exports and names of plugins", "[exec]") {
  for (const std::string& name : hostile_names()) {
    PluginFixture f;
    Manifest m = f.manifest();
    Bytes imports{120}; // more than a message may have
    for (int i = 0; i < 120; ++i)
      imports.with_name(name.substr(0, 5000)).with_name(name.substr(0, 5000)).add({0, 0});
    f.write(m, ModuleBuilder().section(1, {1, 0x60, 0, 0}).section(2, imports).take());
    auto unlinkable = f.manager.load(m);
    REQUIRE_FALSE(unlinkable);
    check_harmless(unlinkable.error());
    const std::string near = "execut\n" + name.substr(0, 40);
    f.write(m, ModuleBuilder()
                   .section(1, {1, 0x60, 0, 0})
                   .section(3, {1, 0})
                   .section(7, Bytes{1}.with_name(near).add({0, 0}))
                   .section(10, Bytes{1}.with_sized({0, 0x0b}))
                   .take());
    auto no_abi = f.manager.load(m);
    REQUIRE_FALSE(no_abi);
    check_harmless(no_abi.error());
    auto unknown = f.manager.call(name, "");
    REQUIRE_FALSE(unknown);
    check_harmless(unknown.error());
  }
}

TEST_CASE("a plugin's texts about itself and its failures", "[exec]") {
  for (const std::string& text : hostile_names()) {
    if (text.size() > 10'000) continue; // the guest's memory is one page
    PluginFixture f;
    std::string data;
    constexpr std::string_view digits = "0123456789abcdef";
    const std::string answer =
        R"({"success":false,"error":)" + Json(text).dump() + R"(,"name":)" + Json(text).dump() + "}";
    for (const char c : answer)
      (data += '\\') += {digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]};
    const std::string says = "(i64.const " + std::to_string((uint64_t{1024} << 32) | answer.size()) + ")";
    const std::string init = R"((data (i32.const 1024) ")" + data +
                             R"(") (func (export "init") (param i32 i32) (result i64) )" + says + ")";
    check_harmless(f.load_error(guest(std::string(echo) + init)));
    const std::string meta =
        R"((data (i32.const 1024) ")" + data + R"(") (func (export "meta") (result i64) )" + says + ")";
    if (auto loaded = f.try_load(guest(std::string(echo) + meta)); !loaded) check_harmless(loaded.error());
  }
}

TEST_CASE("changed interfaces: names are printable, and their number is bounded") {
  const Engine engine;
  for (const std::string& name : hostile_names()) {
    Bytes exports{127};
    for (int i = 0; i < 127; ++i) exports.with_name(name.substr(0, 3000) + std::to_string(i)).add({0, 0});
    const auto make = [&](bool all) {
      ModuleBuilder module;
      module.section(1, {1, 0x60, 0, 0}).section(3, {1, 0});
      if (all) module.section(7, exports);
      auto compiled = Module::compile(engine, module.section(10, Bytes{1}.with_sized({0, 0x0b})).take());
      REQUIRE(compiled);
      return *compiled;
    };
    CHECK(harm_in(interface_change(make(true), make(false)), 6000).empty());
  }
}

TEST_CASE("labels of metrics") {
  for (const std::string& text : hostile_texts()) {
    PluginMetrics metrics;
    metrics.plugin = text;
    metrics.reasons["trap\n" + text] = 1;
    metrics.versions.emplace_back().version = text;
    const std::string prometheus = to_prometheus(std::span(&metrics, 1));
    CHECK(harm_in(prometheus, 200'000, 1000).empty());
    CHECK(prometheus.find("\nskerry: forged") == prometheus.npos);
    CHECK(harm_in(to_json(metrics), ~size_t{0}).empty());
  }
  PluginMetrics metrics;
  metrics.plugin = "a\"b\\c";
  CHECK(to_prometheus(std::span(&metrics, 1)).find(R"(plugin="a\"b\\c")") != std::string::npos);
}

TEST_CASE("log lines on the process's standard error", "[exec]") {
  PluginFixture f;
  const auto path = f.folder / "stderr";
  const Manifest m = f.manifest();
  std::string text =
      guest(execute("(call $log (i32.const 2) (local.get $p) (local.get $n)) (i64.const 4294967296)"));
  text.insert(text.find("(import"), R"((import "env" "log" (func $log (param i32 i32 i32))) )");
  f.write(m, PluginFixture::assemble(text));
  Manager manager; // logs by the default function
  auto plugin = manager.load(m);
  if (!plugin) FAIL(describe(plugin.error()));
  const int saved = dup(STDERR_FILENO), file = open(path.c_str(), O_CREAT | O_RDWR, 0600);
  dup2(file, STDERR_FILENO);
  size_t calls = 0;
  for (const std::string& line : hostile_texts())
    if (line.size() < 10'000) calls += (*plugin)->call(line + "\xff\x1b[2J").has_value();
  dup2(saved, STDERR_FILENO);
  close(saved), close(file);
  CHECK(calls > 10);
  std::ifstream in(path, std::ios::binary);
  const std::string log((std::istreambuf_iterator<char>(in)), {});
  CHECK(log.size() > 100);
  CHECK(harm_in(log, 100'000, ~size_t{0}).empty());
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) CHECK(line.starts_with("guest p: "));
}
