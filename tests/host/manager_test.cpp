// Loading, finding, unloading, closing.
#include "tests/host/support/held_calls.hpp"

#include <atomic>
#include <thread>

using namespace skerry::host;
using namespace skerry::host::test;

TEST_CASE_METHOD(PluginFixture, "a plugin is found by its name") {
  auto plugin = load(guest(echo));
  CHECK(*manager.get("p") == plugin);
  CHECK(result_of(manager.call("p", "x")) == "x");
  CHECK(manager.names() == std::vector<std::string>{"p"});
}

TEST_CASE_METHOD(PluginFixture, "an unknown name is an error with suggestions") {
  load(guest(echo), manifest("json-transformer"));
  PluginError error = manager.get("json-transfomer").error();
  CHECK(error.code == "not_found");
  CHECK(contains(error.message, "did you mean \"json-transformer\"?"));
  CHECK(manager.unload("x").error().code == "not_found");
  CHECK(manager.call("x", "").error().code == "not_found");
}

TEST_CASE_METHOD(PluginFixture, "a second plugin of the same name is refused, and the first keeps running") {
  auto plugin = load(guest(echo));
  PluginError error = load_error(guest(execute_digit("(i32.const 7)")));
  CHECK(error.code == "duplicate");
  CHECK(result_of(manager.call("p", "x")) == "x");
  CHECK(manager.unload("p"));
  CHECK(result_of(load(guest(execute_digit("(i32.const 7)")))->call("x")) == "7");
}

TEST_CASE_METHOD(PluginFixture, "a failed load leaves its name free") {
  load_error(guest("(func (export \"init\") (param i32 i32) unreachable)" + std::string(echo)));
  CHECK(manager.names().empty());
  CHECK(manager.get("p").error().code == "not_found");
  CHECK(result_of(load(guest(echo))->call("x")) == "x");
}

TEST_CASE_METHOD(PluginFixture, "a handle outlives its plugin and its manager") {
  PluginHandle plugin;
  {
    Manager short_lived;
    auto m = manifest();
    write(m, assemble(guest(echo)));
    plugin = *short_lived.load(m);
    CHECK(result_of(plugin->call("x")) == "x");
  }
  CHECK(error_of(plugin->call("x")).code == "unloaded");
  CHECK(plugin->name() == "p");
  CHECK_FALSE(plugin->meta().empty());
}

TEST_CASE_METHOD(PluginFixture, "a second close does nothing, and later loads fail") {
  auto plugin = load(guest(echo));
  manager.close();
  manager.close();
  CHECK(error_of(plugin->call("x")).code == "unloaded");
  CHECK(load_error(guest(echo)).code == "closed");
  CHECK(manager.names().empty());
}

TEST_CASE_METHOD(PluginFixture, "one plugin's failure does not affect another") {
  auto bad = load(guest(execute("unreachable")), manifest("bad"));
  auto good = load(guest(echo), manifest("good"));
  for (int i = 0; i < 3; ++i) {
    CHECK(error_of(bad->call("x")).code == "trap.unreachable");
    CHECK(result_of(good->call("x")) == "x");
  }
}

TEST_CASE_METHOD(PluginFixture, "load, call and unload from many threads") {
  auto shared = manifest("shared");
  load(guest(echo), shared);
  auto own = manifest("own");
  write(own, assemble(guest(echo)));
  std::atomic<int> wrong = 0, loads = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        auto result = manager.call("shared", "x");
        wrong += !result || *result != "x";
        auto plugin = manager.load(own);
        if (!plugin) {
          wrong += plugin.error().code != "duplicate";
          continue;
        }
        ++loads;
        wrong += !(*plugin)->call("x");
        wrong += !manager.unload("own");
        wrong += error_of((*plugin)->call("x")).code != "unloaded";
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(loads > 0);
  CHECK(manager.names() == std::vector<std::string>{"shared"});
}

TEST_CASE_METHOD(PluginFixture, "unload waits for the running call, which is answered") {
  auto m = manifest();
  m.timeout = longest_wait;
  auto plugin = load(guest(printing_echo()), m);
  std::atomic<bool> answered = false, unloaded = false;
  HeldCalls held(*this);
  held.call(plugin, "x", [&](const auto& result) { answered = result.has_value(); });
  REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
  held.run([&] { unloaded = manager.unload("p").has_value(); });
  CHECK(eventually(
      [&] { return error_of(plugin->call("x", {std::chrono::milliseconds(1)})).code == "unloaded"; }));
  CHECK_FALSE(unloaded);
  CHECK_FALSE(answered);
  held.release();
  CHECK(unloaded);
  CHECK(answered);
}

TEST_CASE_METHOD(PluginFixture, "manifest files: paths are relative to the manifest's folder") {
  auto bytes = assemble(guest(echo));
  std::filesystem::create_directory(folder / "sub");
  auto m = manifest();
  m.wasm_path = folder / "sub" / "p.wasm";
  write(m, bytes);
  std::ofstream(folder / "m.json")
      << R"({"meta": {"name": "p"}, "wasmPath": "./sub/p.wasm", "timeout": 20000})";
  auto plugin = manager.load(folder / "m.json");
  REQUIRE(plugin);
  CHECK(result_of((*plugin)->call("x")) == "x");
  CHECK(manager.load(folder / "none.json").error().code == "io");
}
