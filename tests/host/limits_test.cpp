// Limits of a call besides time, fuel, memory and stack: what it prints, logs, opens, calls and keeps.
#include "host/guest/key_value_store.hpp"
#include "tests/host/support/plugin_fixture.hpp"

#include <thread>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;

TEST_CASE_METHOD(PluginFixture, "host calls are counted; one too many ends the call", "[exec]") {
  auto m = manifest();
  m.capabilities.max_host_calls = 10;
  auto plugin = load(guest(execute(R"((loop
    (drop (call $fs_check (i32.const 0) (i32.const 1)))
    (i32.store8 (i32.const 16) (i32.add (i32.load8_u (i32.const 16)) (i32.const 1)))
    (br_if 0 (i32.lt_u (i32.load8_u (i32.const 16)) (i32.load8_u (local.get $p)))))
    (call $pack (i32.const 16) (i32.const 1)))")),
                     m);
  CHECK(result_of(plugin->call("\x0a")) == "\x0a");
  const PluginError error = error_of(plugin->call("\x0b"));
  CHECK(error.phase == Phase::call);
  CHECK(error.code == "limit.hostCalls");
  CHECK(error.limit->allowed == 10);
  CHECK(error.limit->key == "capabilities.maxHostCalls");
  CHECK(result_of(plugin->call("\x0a")) == "\x0a"); // each call counts from 0
}

TEST_CASE_METHOD(PluginFixture, "calls of WASI functions count as host calls", "[exec]") {
  auto m = manifest();
  m.capabilities.max_host_calls = 5;
  auto plugin =
      load(guest(execute("(loop (call $print (local.get $p) (i32.const 1)) (br 0)) (i64.const 0)")), m);
  CHECK(error_of(plugin->call("x")).code == "limit.hostCalls");
  CHECK(printed == "xxxxx");
}

namespace {

/// Logs its input at level 2.
std::string logger() {
  std::string text = guest(execute("(call $log (i32.const 2) (local.get $p) (local.get $n)) (i64.const 0)"));
  const std::string import = R"((import "env" "log" (func $log (param i32 i32 i32))))";
  return text.insert(text.find("(import"), import);
}

struct LogFixture : PluginFixture {
  LogFixture() {
    options.guest_log = [this](std::string_view plugin, LogLevel level, std::string_view text) {
      lines.push_back(std::string(plugin) + "/" + std::string(log_level_name(level)) + "/" +
                      std::string(text));
    };
    log_manager.emplace(options);
  }
  PluginHandle load_logger(const Manifest& m) {
    write(m, assemble(logger()));
    auto plugin = log_manager->load(m);
    if (!plugin) FAIL(describe(plugin.error()));
    return *plugin;
  }
  ManagerOptions options;
  std::vector<std::string> lines;
  std::optional<Manager> log_manager;
};

} // namespace

TEST_CASE_METHOD(LogFixture, "log lines reach the host's sink with plugin and level") {
  auto plugin = load_logger(manifest());
  result_of(plugin->call("one\ntwo"));
  CHECK(lines == std::vector<std::string>{"p/info/one", "p/info/two"});
}

TEST_CASE_METHOD(LogFixture, "log lines and bytes are limited in each call; what is dropped is counted") {
  auto m = manifest();
  m.capabilities.max_log_lines = 3;
  m.capabilities.max_log_kb = 1;
  auto plugin = load_logger(m);
  result_of(plugin->call("1\n2\n3\n4\n5"));
  CHECK(lines.size() == 3);
  lines.clear();
  result_of(plugin->call(std::string(1025, 'x')));
  CHECK(lines.empty());
  result_of(plugin->call(std::string(1024, 'x')));
  CHECK(lines.size() == 1);
  CHECK(plugin->metrics().dropped_log_lines == 3);
}

TEST_CASE_METHOD(PluginFixture, "one budget covers memories, tables, code and buffers of a plugin") {
  auto m = manifest();
  m.capabilities.max_memory_mb = 4;
  m.capabilities.max_total_mb = 3;
  m.pool.size = 4;
  const std::string grower = guest(execute_digit("(i32.eq (memory.grow (i32.const 40)) (i32.const -1))"));
  auto plugin = load(grower, m);
  CHECK(result_of(plugin->call("x")) == "1"); // 2.5 MiB more is within its memory, but not within the budget
  const uint64_t used = plugin->metrics().budget_used;
  CHECK(plugin->metrics().budget == 3u << 20);
  for (int i = 0; i < 5; ++i) result_of(plugin->call("x"));
  CHECK(plugin->metrics().budget_used == used); // calls release the memory that they took
  CHECK(error_of(plugin->call(std::string(3 << 20, 'x'))).code == "limit.total");
  m.meta.name = "q";
  m.capabilities.max_total_mb = 1;
  CHECK(load_error(guest("(table 9000 funcref) (memory 14)" + std::string(echo)), m).code !=
        PluginErrorCode::none);
}

TEST_CASE_METHOD(PluginFixture, "a guest's memory that grew is small again for the next call", "[exec]") {
  auto m = manifest();
  m.capabilities.max_memory_mb = 4;
  auto plugin = load(guest(execute_digit("(i32.eq (memory.grow (i32.const 40)) (i32.const 2))")), m);
  for (int i = 0; i < 3; ++i)
    CHECK(result_of(plugin->call("x")) == "1"); // there were two pages before, each time
  CHECK(plugin->metrics().memory_high_water == 42 * 65'536);
}

// ---- the key-value store

namespace {

Capabilities store_limits(uint32_t kb, uint32_t keys) {
  Capabilities c;
  c.max_key_value_kb = kb;
  c.max_key_value_keys = keys;
  return c;
}

} // namespace

TEST_CASE("a store keeps values within its quotas, and gives back its budget") {
  const auto budget = std::make_shared<ByteBudget>(1 << 20);
  {
    KeyValueStore store(store_limits(1, 3), budget);
    CHECK(store.set("a", "1"));
    CHECK(store.get("a") == "1");
    CHECK(store.set("a", std::string(800, 'x')));
    CHECK_FALSE(store.set("b", std::string(200, 'x'))); // bytes
    CHECK_FALSE(store.get("b"));
    CHECK_FALSE(store.set("a", std::string(2000, 'x')));
    CHECK(store.get("a") == std::string(800, 'x'));
    CHECK(store.set("a", "2"));
    CHECK(store.set("b", ""));
    CHECK(store.set("c", ""));
    CHECK_FALSE(store.set("d", "")); // keys
    CHECK(store.remove("c"));
    CHECK_FALSE(store.remove("c"));
    CHECK(store.set("d", ""));
    CHECK(budget->used() == store.bytes());
    CHECK(store.bytes() == 4 + 3 * KeyValueStore::entry_bytes);
  }
  CHECK(budget->used() == 0);
}

TEST_CASE("a store takes no more than the plugin's budget has") {
  const auto budget = std::make_shared<ByteBudget>(100);
  KeyValueStore store(store_limits(1, 10), budget);
  CHECK(store.set("a", ""));
  CHECK_FALSE(store.set("b", "too much"));
}
