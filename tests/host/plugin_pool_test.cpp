// Several instances of one plugin: which call gets one, in which order, and how they end.
#include "host/pool/instance_pool.hpp"
#include "tests/host/support/held_calls.hpp"

#include <atomic>
#include <latch>
#include <mutex>
#include <thread>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

/// Runs a hundred thousand instructions times the first byte of its input.
std::string busy_worker() {
  return guest(execute(R"((local $i i32)
    (local.set $i (i32.mul (i32.load8_u (local.get $p)) (i32.const 100000)))
    (loop (br_if 0 (i32.gt_s (local.tee $i (i32.sub (local.get $i) (i32.const 1))) (i32.const 0))))
    (call $pack (local.get $p) (local.get $n)))"));
}

/// The manifest of a plugin whose calls are held.
Manifest patient(Manifest m) {
  m.timeout = longest_wait;
  m.pool.max_wait = longest_wait;
  return m;
}

} // namespace

TEST_CASE_METHOD(PluginFixture, "as many calls run at once as the pool has instances, and no more") {
  auto m = patient(manifest());
  m.pool.size = 3;
  m.pool.max_wait = milliseconds(50);
  auto plugin = load(guest(printing_echo()), m);
  HeldCalls held(*this);
  for (int i = 0; i < 3; ++i) held.call(plugin);
  REQUIRE(eventually([&] { return plugin->metrics().busy == 3; }));
  const PluginError error = error_of(plugin->call("x"));
  CHECK(error.code == "busy");
  CHECK(plugin->metrics().instances == 3);
}

TEST_CASE_METHOD(PluginFixture, "callers are served in the order in which they came") {
  auto m = manifest();
  m.pool.max_wait = milliseconds(20'000);
  // Each call prints its input while it has the instance, so the output is the order of service.
  auto plugin =
      load(guest(execute(
               "(call $print (local.get $p) (local.get $n)) (call $pack (local.get $p) (local.get $n))")),
           m);
  std::latch all_came(1);
  on_print = [&](std::string_view name) {
    if (name == "a") all_came.wait();
  };
  std::vector<std::thread> threads;
  bool came = true;
  for (char name = 'a'; name < 'h'; ++name) {
    threads.emplace_back([&, name] { (void)plugin->call(std::string(1, name)); });
    came &= eventually([&] { return plugin->metrics().busy + plugin->metrics().waiting == threads.size(); });
  }
  all_came.count_down();
  for (std::thread& thread : threads) thread.join();
  CHECK(came);
  CHECK(printed == "abcdefg");
}

TEST_CASE_METHOD(PluginFixture,
                 "a call that is stopped says how much of its time it waited for an instance") {
  auto plugin =
      load(guest(execute("(if (i32.eq (i32.load8_u (local.get $p)) (i32.const 115)) (then (loop (br 0)))) "
                         "(call $print (local.get $p) (local.get $n)) (i64.const 0)")),
           patient(manifest()));
  HeldCalls held(*this);
  held.call(plugin, "x");
  REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
  std::string message;
  held.call_with(plugin, "s", {std::chrono::milliseconds(1500)},
                 [&](const auto& result) { message = result ? "" : result.error().message; });
  REQUIRE(eventually([&] { return plugin->metrics().waiting == 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(20)); // so that it has waited some milliseconds
  held.release();
  CHECK(message.find("; before that, the call waited ") != std::string::npos);
  CHECK(error_of(plugin->call("s", {std::chrono::milliseconds(10)})).message.find("before that") ==
        std::string::npos);
}

TEST_CASE_METHOD(PluginFixture, "instances are compiled once and made when they are needed") {
  auto m = manifest();
  m.pool.size = 50;
  auto plugin = load(busy_worker(), m);
  CHECK(plugin->metrics().instances == 1);
  for (int i = 0; i < 10; ++i) result_of(plugin->call("\1"));
  CHECK(plugin->metrics().instances == 1); // one after the other, so one instance is enough
}

TEST_CASE_METHOD(PluginFixture, "one compile for all instances, which share its code") {
  auto m = patient(manifest());
  m.pool.size = 3;
  auto plugin = load(guest("(data \"" + std::string(200'000, 'x') + "\")" + printing_echo()), m);
  const uint64_t one = plugin->metrics().budget_used; // one memory, and the code of 200,000 bytes four times
  CHECK(one > 800'000);
  HeldCalls held(*this);
  for (int i = 0; i < 3; ++i) held.call(plugin);
  REQUIRE(eventually([&] { return plugin->metrics().busy == 3; }));
  CHECK(plugin->metrics().instances == 3);
  held.release();
  // Two memories of two pages more, two instances, and the threaded code of what ran.
  const uint64_t memories = one + 2 * 2 * 65'536;
  CHECK(plugin->metrics().budget_used >= memories);
  CHECK(plugin->metrics().budget_used < memories + 65'536);
}

TEST_CASE_METHOD(PluginFixture, "an instance that cannot be made leaks nothing and does not affect another") {
  auto m = patient(manifest());
  m.pool.size = 2;
  m.capabilities.max_output_kb = 16;
  m.capabilities.max_total_mb = 2; // enough for the first instance and two calls, not for a second instance
  auto plugin = load(guest(printing_echo() + "(memory 14)"), m);
  CHECK(result_of(plugin->call("x")) == "x"); // what calls need is translated now
  const uint64_t used = plugin->metrics().budget_used;
  for (int round = 0; round < 3; ++round) {
    HeldCalls held(*this);
    held.call(plugin);
    REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
    CHECK(error_of(plugin->call("x")).code == "limit.total");
    CHECK(plugin->metrics().instances == 1);
    held.release();
    CHECK(result_of(plugin->call("x")) == "x");
    CHECK(plugin->metrics().budget_used == used);
  }
}

TEST_CASE_METHOD(PluginFixture,
                 "a call that timed out no longer runs, and its instance is clean for the next") {
  auto m = manifest();
  m.timeout = milliseconds(50);
  // Marks its memory and spins; the result says whether it finds the mark.
  auto plugin = load(guest(execute(R"((if (i32.load (i32.const 70000)) (then (return (i64.const 0))))
    (i32.store (i32.const 70000) (i32.const 1))
    (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 115)) (then (loop (br 0))))
    (call $pack (local.get $p) (local.get $n)))")),
                     m);
  for (int i = 0; i < 3; ++i) {
    CHECK(error_of(plugin->call("s")).code == "timeout");
    CHECK(plugin->metrics().busy == 0);
    CHECK(result_of(plugin->call("x", {milliseconds(50)})) == "x");
  }
}

TEST_CASE_METHOD(PluginFixture,
                 "a reload frees the compiled module and the instances of the previous version") {
  auto m = manifest();
  auto plugin = load(guest(execute_digit("(i32.const 1)")), m);
  REQUIRE(manager.reload(m, {.force = true})); // from now on each version is checked and so translated
  const uint64_t used = plugin->metrics().budget_used;
  for (int i = 0; i < 20; ++i) REQUIRE(manager.reload(m, {.force = true}));
  CHECK(plugin->metrics().budget_used == used);
  CHECK(plugin->metrics().instances == 1);
}

TEST_CASE_METHOD(PluginFixture, "init runs once; other instances start where it ended") {
  auto m = patient(manifest());
  m.pool.size = 2;
  auto plugin = load(guest(R"((global $ready (mut i32) (i32.const 0)) (data (i32.const 64) "init!")
    (func (export "init") (param i32 i32) (global.set $ready (i32.const 7)) (call $print (i32.const 64) (i32.const 5))))" +
                           execute(R"((if (i32.eq (i32.load8_u (local.get $p)) (i32.const 115))
      (then (call $print (local.get $p) (local.get $n))))
    (i32.store8 (i32.const 16) (i32.add (i32.const 48) (global.get $ready))) (call $pack (i32.const 16) (i32.const 1)))")),
                     m);
  HeldCalls held(*this);
  held.call(plugin, "stay");
  REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
  CHECK(result_of(plugin->call("x")) == "7"); // by the second instance
  held.release();
  CHECK(printed == "init!stay");
}

TEST_CASE_METHOD(PluginFixture, "a pool can be made larger and smaller while it works") {
  auto m = manifest();
  m.pool.size = 1;
  m.pool.max_wait = milliseconds(20'000);
  auto plugin = load(busy_worker(), m);
  std::atomic<int> wrong = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      while (!stop) wrong += plugin->call("\1").value_or("") != "\1";
    });
  bool working = true;
  for (const uint32_t size : {4, 1, 3, 2, 8, 1}) {
    plugin->resize(size);
    const uint64_t before = plugin->metrics().calls;
    working &= eventually([&] { return plugin->metrics().calls >= before + 20; });
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(working);
  CHECK(wrong == 0);
  CHECK(plugin->metrics().instances == 1);
}

TEST_CASE_METHOD(PluginFixture, "enlarging a pool admits waiting callers") {
  auto plugin = load(guest(printing_echo()), patient(manifest()));
  HeldCalls held(*this);
  held.call(plugin);
  REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
  held.call(plugin);
  REQUIRE(eventually([&] { return plugin->metrics().waiting == 1; }));
  plugin->resize(2);
  CHECK(eventually([&] { return plugin->metrics().busy == 2; }));
}

TEST_CASE_METHOD(PluginFixture, "draining admits no new call and answers running and waiting calls") {
  auto plugin = load(guest(printing_echo()), patient(manifest()));
  std::atomic<int> answered = 0;
  std::atomic<bool> drained = false;
  HeldCalls held(*this);
  for (int t = 0; t < 3; ++t)
    held.call(plugin, "x", [&](const auto& result) { answered += result.has_value(); });
  REQUIRE(eventually([&] { return plugin->metrics().busy + plugin->metrics().waiting == 3; }));
  held.run([&] {
    plugin->drain();
    drained = true;
  });
  CHECK(eventually([&] { return error_of(plugin->call("x", {milliseconds(1)})).code == "unloaded"; }));
  CHECK_FALSE(drained);
  held.release();
  CHECK(drained);
  CHECK(answered == 3);
}

TEST_CASE_METHOD(PluginFixture, "unloading refuses waiting calls and waits for running calls") {
  auto plugin = load(guest(printing_echo()), patient(manifest()));
  std::atomic<bool> unloaded = false;
  std::atomic<PluginErrorCode> second = PluginErrorCode::none;
  std::string first;
  HeldCalls held(*this);
  held.call(plugin, "x", [&](const auto& result) { first = result.value_or("failed"); });
  REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
  held.call(plugin, "y",
            [&](const auto& result) { second = result ? PluginErrorCode::none : result.error().code; });
  REQUIRE(eventually([&] { return plugin->metrics().waiting == 1; }));
  held.run([&] { unloaded = manager.unload("p").has_value(); });
  CHECK(eventually([&] { return second == PluginErrorCode::unloaded; }));
  CHECK_FALSE(unloaded);
  held.release();
  CHECK(unloaded);
  CHECK(first == "x");
}

TEST_CASE_METHOD(PluginFixture, "no more callers wait than pool.maxWaiting") {
  auto m = patient(manifest());
  m.pool.max_waiting = 1;
  auto plugin = load(guest(printing_echo()), m);
  HeldCalls held(*this);
  held.call(plugin);
  REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
  held.call(plugin);
  REQUIRE(eventually([&] { return plugin->metrics().waiting == 1; }));
  const auto start = Clock::now();
  const PluginError error = error_of(plugin->call("x"));
  CHECK(error.code == "busy");
  CHECK(error.limit->key == "pool.maxWaiting");
  CHECK(Clock::now() - start < m.pool.max_wait); // at once
}

TEST_CASE_METHOD(PluginFixture, "a host's instances are capped over all plugins; each plugin keeps one") {
  std::latch release(1);
  ManagerOptions options;
  options.max_instances = 2;
  options.guest_output = [&](std::string_view, std::span<const std::byte>) { release.wait(); };
  Manager small(options);
  auto m = manifest("a");
  m.pool.size = 4;
  m.timeout = longest_wait;
  m.pool.max_wait = milliseconds(20);
  write(m, assemble(guest(printing_echo())));
  auto a = small.load(m);
  REQUIRE(a);
  m.meta.name = "b";
  auto b = small.load(m);
  REQUIRE(b);
  m.meta.name = "c";
  CHECK(small.load(m).error().code == "limit.instances");
  std::thread running([&] { (void)(*a)->call("x"); });
  const bool runs = eventually([&] { return (*a)->metrics().busy == 1; });
  const auto refused = (*a)->call("x"); // its pool may have four, the host has no more
  release.count_down();
  running.join();
  CHECK(runs);
  CHECK(error_of(refused).code == "busy");
  REQUIRE(small.unload("b"));
  CHECK(small.load(m)); // b's instance is free
}

TEST_CASE_METHOD(PluginFixture, "a deadline covers the wait, and no caller waits past its own deadline") {
  auto m = patient(manifest());
  auto plugin = load(guest(printing_echo()), m);
  HeldCalls held(*this);
  held.call(plugin);
  REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
  const auto start = Clock::now();
  const PluginError error = error_of(plugin->call("x", {milliseconds(50)}));
  CHECK(error.code == "timeout");
  CHECK(error.limit->allowed == 50);
  CHECK(Clock::now() - start < m.timeout);
}

TEST_CASE_METHOD(PluginFixture, "kill one of a hundred plugins: ninety-nine are unaffected") {
  std::vector<PluginHandle> plugins;
  for (int i = 0; i < 100; ++i)
    plugins.push_back(
        load(i == 42 ? guest(execute("unreachable")) : busy_worker(), manifest("p" + std::to_string(i))));
  for (int round = 0; round < 3; ++round)
    for (int i = 0; i < 100; ++i) {
      auto result = plugins[static_cast<size_t>(i)]->call("\1");
      CHECK(result.has_value() == (i != 42));
    }
  CHECK(manager.unload("p42"));
  CHECK(result_of(plugins[41]->call("\1")) == "\1");
}

TEST_CASE_METHOD(PluginFixture, "a reload swaps versions under load without failing a call") {
  auto m = manifest();
  m.pool.size = 2;
  m.pool.max_wait = milliseconds(20'000);
  auto plugin = load(guest(execute_digit("(i32.const 1)")), m);
  std::atomic<int> wrong = 0, seen_new = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      while (!stop) {
        auto result = plugin->call("x");
        wrong += !result || (*result != "1" && *result != "2");
        seen_new += result && *result == "2";
      }
    });
  for (int i = 0; i < 10; ++i) {
    write(m, assemble(guest(execute_digit(i % 2 == 0 ? "(i32.const 2)" : "(i32.const 1)"))));
    CHECK(manager.reload(m));
  }
  write(m, assemble("(module)"));
  CHECK_FALSE(manager.reload(m)); // and the previous one still works
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(seen_new > 0);
  CHECK(result_of(plugin->call("x")) == "1");
}
