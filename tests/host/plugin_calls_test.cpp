// What becomes of calls: state, traps, exits, limits, deadlines, and what the errors say.
#include "tests/host/support/held_calls.hpp"

#include <atomic>
#include <thread>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view counter = "(global $calls (mut i32) (i32.const 0))";
constexpr std::string_view count = "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))";

/// The first byte of its input selects what it does (t trap, e exit, s spin, r recurse, x access outside);
/// otherwise it returns how often this instance was called, as a digit.
std::string actor() {
  return guest(std::string(counter) + R"(
    (func $forever (param i32) (result i32) (i32.add (call $forever (local.get 0)) (i32.const 1)))
    (func $inner (param i32) (drop (i32.load offset=16 (local.get 0))))
    (func $is (param $p i32) (param $c i32) (result i32) (i32.eq (i32.load8_u (local.get $p)) (local.get $c)))
    (func $execute (export "execute") (param $p i32) (param $n i32) (result i64))" +
               std::string(count) + R"(
      (if (call $is (local.get $p) (i32.const 116)) (then unreachable))
      (if (call $is (local.get $p) (i32.const 101)) (then (call $exit (i32.const 42))))
      (if (call $is (local.get $p) (i32.const 115)) (then (loop (br 0))))
      (if (call $is (local.get $p) (i32.const 114)) (then (drop (call $forever (i32.const 1)))))
      (if (call $is (local.get $p) (i32.const 120)) (then (call $inner (i32.const 0x7fffffff))))
      (i32.store8 (i32.const 16) (i32.add (i32.const 48) (global.get $calls)))
      (call $pack (i32.const 16) (i32.const 1))))");
}

} // namespace

TEST_CASE_METHOD(PluginFixture, "by default no call sees the state that an earlier call left", "[exec]") {
  auto plugin = load(actor());
  for (int i = 0; i < 3; ++i) CHECK(result_of(plugin->call("n")) == "1");
}

TEST_CASE_METHOD(PluginFixture, "state keep: an instance keeps its state between calls", "[exec]") {
  auto m = manifest();
  m.pool.state = StateMode::keep;
  auto plugin = load(actor(), m);
  CHECK(result_of(plugin->call("n")) == "1");
  CHECK(result_of(plugin->call("n")) == "2");
  CHECK(result_of(plugin->call("n")) == "3");
}

TEST_CASE_METHOD(PluginFixture, "a trap, exit or limit ends one call; the next one gets a clean instance",
                 "[exec]") {
  for (StateMode state : {StateMode::fresh, StateMode::keep}) {
    auto m = manifest(state == StateMode::keep ? "keep" : "fresh");
    m.pool.state = state;
    m.fuel = 2'000'000;
    m.capabilities.max_stack_kb = 64;
    auto plugin = load(actor(), m);
    for (const char* input : {"t", "e", "s", "r", "x"}) {
      INFO(input);
      error_of(plugin->call(input));
      CHECK(result_of(plugin->call("n")) == "1");
    }
  }
}

TEST_CASE_METHOD(PluginFixture, "a trap has its kind and a backtrace with names", "[exec]") {
  auto plugin = load(actor());
  PluginError error = error_of(plugin->call("t"));
  CHECK(error.phase == Phase::call);
  CHECK(error.code == "trap.unreachable");
  CHECK(error.plugin == "p");
  REQUIRE_FALSE(error.backtrace.empty());
  CHECK(error.backtrace[0].func_name == "execute");
}

TEST_CASE_METHOD(PluginFixture, "out of bounds: address, memory size and backtrace", "[exec]") {
  PluginError error = error_of(load(actor())->call("x"));
  CHECK(error.code == "trap.out_of_bounds_memory_access");
  CHECK(contains(error.message, "out of bounds memory access"));
  REQUIRE(error.backtrace.size() == 2);
  CHECK(error.backtrace[0].func_name == "inner");
  CHECK(error.backtrace[1].func_name == "execute");
}

TEST_CASE_METHOD(PluginFixture, "an exit has its status", "[exec]") {
  PluginError error = error_of(load(actor())->call("e"));
  CHECK(error.phase == Phase::call);
  CHECK(error.code == "exit");
  CHECK(error.exit_status == 42);
}

TEST_CASE_METHOD(PluginFixture, "stack overflow: depth, bytes and the key that raises it", "[exec]") {
  auto m = manifest();
  m.capabilities.max_stack_kb = 64;
  PluginError error = error_of(load(actor(), m)->call("r"));
  CHECK(error.code == "limit.stack");
  CHECK(error.limit->allowed == 65536U);
  CHECK(error.limit->key == "capabilities.maxStackKB");
  CHECK(contains(error.message, "call stack exhausted"));
  CHECK(contains(error.message, "capabilities.maxStackKB"));
}

TEST_CASE_METHOD(PluginFixture, "an endless loop is stopped by the deadline: code timeout", "[exec]") {
  auto m = manifest();
  m.timeout = milliseconds(100);
  auto plugin = load(actor(), m);
  auto start = std::chrono::steady_clock::now();
  PluginError error = error_of(plugin->call("s"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  CHECK(error.phase == Phase::call);
  CHECK(error.code == "timeout");
  CHECK(error.limit->key == "timeout");
  REQUIRE(error.elapsed);
  CHECK(*error.elapsed >= milliseconds(50)); // of this phase; the call's deadline began earlier
}

TEST_CASE_METHOD(PluginFixture, "a call may ask for less time than the manifest allows, never for more",
                 "[exec]") {
  auto m = manifest();
  m.timeout = milliseconds(200);
  auto plugin = load(actor(), m);
  CHECK(error_of(plugin->call("s", {milliseconds(10)})).code == "timeout");
  auto start = std::chrono::steady_clock::now();
  CHECK(error_of(plugin->call("s", {std::chrono::hours(1)})).code == "timeout");
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE_METHOD(PluginFixture, "running out of fuel is a separate error, the same in every run", "[exec]") {
  auto m = manifest();
  m.fuel = 10'000;
  auto plugin = load(actor(), m);
  PluginError error = error_of(plugin->call("s"));
  CHECK(error.code == "fuel");
  CHECK(error.limit->allowed == 10'000);
  CHECK(error.limit->key == "fuel");
  for (int i = 0; i < 5; ++i) CHECK(result_of(plugin->call("n")) == "1"); // fuel is per call
}

// ---- memory and tables

TEST_CASE_METHOD(PluginFixture, "a memory larger than the limit is refused before it is made") {
  auto m = manifest();
  m.capabilities.max_memory_mb = 2;
  PluginError error = load_error(R"((module (memory (export "memory") 33)
    (func (export "allocate") (param i32) (result i32) (i32.const 16)) (func (export "deallocate") (param i32 i32))
    (func (export "execute") (param i32 i32) (result i64) (i64.const 0))))",
                                 m);
  CHECK(error.phase == Phase::instantiate);
  CHECK(error.code == "limit.memory");
  CHECK(error.limit->asked == 33U * 65536);
  CHECK(error.limit->allowed == 2U << 20);
  CHECK(error.limit->key == "capabilities.maxMemoryMB");
  CHECK(contains(error.message, "capabilities.maxMemoryMB"));
}

TEST_CASE_METHOD(PluginFixture, "the default memory cap is not silent: the error names it and its key") {
  auto m = manifest();
  m.capabilities = {};
  const PluginError error = load_error(guest("(memory 2047)" + std::string(echo)), m);
  CHECK(error.code == "limit.memory");
  CHECK(error.limit->allowed == 128U << 20);
  CHECK(error.limit->asked == 2049U * 65'536);
  CHECK(contains(error.message, "capabilities.maxMemoryMB raises it"));
}

TEST_CASE_METHOD(PluginFixture, "memory cannot grow past the limit, and every memory has one", "[exec]") {
  auto m = manifest(); // 1 MB: 16 pages, 2 of them in use
  auto plugin = load(
      guest(execute_digit("(i32.add (i32.eq (memory.grow (i32.const 15)) (i32.const -1)) "
                          "(i32.mul (i32.const 2) (i32.eq (memory.grow (i32.const 14)) (i32.const 2))))")),
      m);
  CHECK(result_of(plugin->call("")) == "3");
  CHECK(Manifest().capabilities.max_memory_bytes() == 128U << 20);
}

TEST_CASE_METHOD(PluginFixture, "a table larger than the limit is refused") {
  auto m = manifest();
  m.capabilities.max_table_elements = 100;
  PluginError error = load_error(guest("(table 101 funcref)" + std::string(echo)), m);
  CHECK(error.phase == Phase::instantiate);
  CHECK(error.code == "limit.table");
  CHECK(error.limit->asked == 101U);
  CHECK(error.limit->key == "capabilities.maxTableElements");
}

// tests/host/default_limits.md lists the modules that the defaults are made for.
TEST_CASE_METHOD(PluginFixture, "the default limits take ordinary modules") {
  auto m = manifest();
  m.capabilities = {};
  load(guest("(memory 2046) (table 17093 funcref)" + std::string(echo)),
       m); // 128 MiB with the memory of `guest`
  m.meta.name = "tables";
  load(guest("(table 100000 funcref)" + std::string(echo)), m);
  m.meta.name = "too many";
  const PluginError error = load_error(guest("(table 100001 funcref)" + std::string(echo)), m);
  CHECK(error.code == "limit.table");
  CHECK(contains(error.message, "capabilities.maxTableElements raises it"));
}

// ---- what a guest prints

TEST_CASE_METHOD(PluginFixture,
                 "a guest's output reaches the host's sink, up to maxOutputKB for each instance", "[exec]") {
  auto m = manifest();
  m.capabilities.max_output_kb = 1;
  auto plugin = load(guest(execute("(call $print (local.get $p) (local.get $n)) (i64.const 0)")), m);
  result_of(plugin->call("hello"));
  CHECK(printed == "hello");
  printed.clear();
  result_of(plugin->call(std::string(3000, 'x'))); // the guest does not notice
  CHECK(printed == std::string(1024, 'x'));
  printed.clear();
  result_of(plugin->call("again"));
  CHECK(printed == "again");
}

// ---- waiting

TEST_CASE_METHOD(PluginFixture, "a call's deadline covers waiting for an instance", "[exec]") {
  auto m = manifest();
  m.timeout = longest_wait;
  m.pool.max_wait = longest_wait;
  auto plugin = load(guest(printing_echo()), m);
  HeldCalls held(*this);
  held.call(plugin);
  REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
  const auto start = std::chrono::steady_clock::now();
  const PluginError error = error_of(plugin->call("n", {milliseconds(50)}));
  CHECK(error.code == "timeout");
  CHECK(std::chrono::steady_clock::now() - start < m.timeout);
  held.release();
  CHECK(result_of(plugin->call("n")) == "n");
}

TEST_CASE_METHOD(PluginFixture, "no call waits longer than pool.maxWait", "[exec]") {
  auto m = manifest();
  m.timeout = longest_wait;
  m.pool.max_wait = milliseconds(20);
  auto plugin = load(guest(printing_echo()), m);
  HeldCalls held(*this);
  held.call(plugin);
  REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
  const PluginError error = error_of(plugin->call("n"));
  CHECK(error.code == "busy");
  CHECK(error.limit->key == "pool.maxWait");
}

TEST_CASE_METHOD(PluginFixture, "calls from many threads are each answered once and correctly", "[exec]") {
  auto plugin = load(guest(echo));
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        std::string text = std::to_string(t) + ":" + std::to_string(i);
        auto result = plugin->call(text);
        right += result && *result == text;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 100);
}

TEST_CASE_METHOD(PluginFixture, "the guest gets request id, headers and parameters", "[exec]") {
  auto plugin = load(guest(R"((data (i32.const 64) "{\"success\":true}\00")
    (func (export "execute") (param i32 i32) (result i32)
      (call $print (local.get 0) (local.get 1)) (i32.const 64)))"));
  REQUIRE(plugin->execute({"id-1", {{"x-user", "ann"}}, {{"n", "[1]"}}}));
  CHECK(printed == R"({"headers":{"x-user":"ann"},"parameters":{"n":[1]},"request_id":"id-1"})");
}

TEST_CASE_METHOD(PluginFixture, "execute with a context and a result", "[exec]") {
  auto plugin = load(guest(R"((data (i32.const 64) "{\"success\":true,\"data\":[1]}\00")
    (func (export "execute") (param i32 i32) (result i32) (i32.const 64)))"));
  auto result = plugin->execute({"id", {{"h", "v"}}, {{"n", "1"}}});
  REQUIRE(result);
  CHECK(result->success);
  CHECK(result->data == "[1]");
  CHECK(plugin->execute({"id", {}, {{"n", "nonsense"}}}).error().code == "json");
  auto other = load(guest(echo), manifest("other"));
  CHECK(other->execute({"id", {}, {}}).error().code == "json"); // an echo is not a result
}
