// Kept versions, rollback by command and by error rate, and state that is handed over.
#include "tests/host/support/reload_fixture.hpp"
#include "vm/base/endian.hpp"

#include <atomic>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::milliseconds;

namespace {

/// Traps on input that begins with t; otherwise answers like version_wat.
std::string moody_wat(char digit) {
  std::string wat = version_wat(digit);
  const size_t at = wat.find("(i32.store8 (i32.const 16)");
  return wat.insert(at, "(if (i32.eq (i32.load8_u (local.get $p)) (i32.const 116)) (then unreachable)) ");
}

/// Counts its calls and returns the count as a digit; hands the count over, as state of `version`. `on_save`
/// and `on_restore` run first.
std::string counter_wat(int version, std::string_view on_save = {}, std::string_view on_restore = {},
                        int size = 4) {
  return guest(
      "(global $n (mut i32) (i32.const 0)) (global (export \"skerry_state_version\") i32 (i32.const " +
      std::to_string(version) + "))" +
      execute_digit("(global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)") +
      "(func (export \"save_state\") (result i64) " + std::string(on_save) +
      " (i32.store (i32.const 512) (global.get $n)) (call $pack (i32.const 512) (i32.const " +
      std::to_string(size) + ")))" +
      "(func (export \"restore_state\") (param $v i32) (param $p i32) (param $n i32) (result i32) " +
      std::string(on_restore) + " (global.set $n (i32.load (local.get $p))) (i32.const 0))");
}

class StateFixture : public ReloadFixture {
public:
  Manifest stateful() const {
    Manifest m = manifest();
    m.pool.state = StateMode::keep;
    return m;
  }
  PluginHandle counting(const Manifest& m, int calls) {
    write(m, assemble(counter_wat(1)));
    auto plugin = reloading.load(m);
    if (!plugin) FAIL(describe(plugin.error()));
    for (int i = 0; i < calls; ++i) (void)(*plugin)->call("");
    return *plugin;
  }
};

} // namespace

TEST_CASE_METHOD(ReloadFixture, "rollback: the kept versions return one after another, and no others") {
  auto m = manifest();
  m.reload.keep = 2;
  auto plugin = start(m);
  for (char digit : {'2', '3', '4'}) {
    put(m, digit);
    REQUIRE(reloading.reload(m));
  }
  CHECK(plugin->metrics().versions.size() == 3); // 4 serves, 3 and 2 are kept
  CHECK(reloading.rollback("p"));
  CHECK(result_of(plugin->call("")) == "33");
  CHECK(reloading.rollback("p"));
  CHECK(result_of(plugin->call("")) == "22");
  CHECK(reloading.rollback("p").error().code == "reload.no_version");
  CHECK(result_of(plugin->call("")) == "22");
  CHECK(plugin->metrics().reloads.rollbacks == 2);
  CHECK(reloading.rollback("q").error().code == "not_found");
}

TEST_CASE_METHOD(ReloadFixture, "rollback: the replaced version is known to be bad; force brings it back") {
  auto m = manifest();
  auto plugin = start(m);
  put(m, '2');
  REQUIRE(reloading.reload(m));
  REQUIRE(reloading.rollback("p"));
  CHECK(reloading.reload(m).error().code == "reload.known_bad");
  CHECK(result_of(plugin->call("")) == "11");
  CHECK(reloading.reload(m, {.force = true}));
  CHECK(result_of(plugin->call("")) == "22");
  CHECK(*reloading.reload(m) == ReloadResult::unchanged);
}

TEST_CASE_METHOD(ReloadFixture,
                 "rollback: with keep 0 no version is kept; code of dropped versions is freed") {
  auto m = manifest();
  m.reload.keep = 0;
  auto plugin = start(m);
  put(m, '2');
  REQUIRE(reloading.reload(m));
  CHECK(plugin->metrics().versions.size() == 1);
  CHECK(reloading.rollback("p").error().code == "reload.no_version");
}

TEST_CASE_METHOD(ReloadFixture, "rollback: metrics of each version") {
  auto m = manifest();
  write(m, assemble(moody_wat('1')));
  auto plugin = *reloading.load(m);
  for (int i = 0; i < 3; ++i) (void)plugin->call("x");
  write(m, assemble(moody_wat('2')));
  m.meta.version = "a \"b\"";
  REQUIRE(reloading.reload(m));
  for (int i = 0; i < 2; ++i) (void)plugin->call("t");
  const PluginMetrics metrics = plugin->metrics();
  REQUIRE(metrics.versions.size() == 2);
  CHECK(metrics.versions[0].serving);
  CHECK(metrics.versions[0].calls == 2);
  CHECK(metrics.versions[0].errors == 2);
  CHECK_FALSE(metrics.versions[1].serving);
  CHECK(metrics.versions[1].calls == 3);
  CHECK(metrics.versions[1].errors == 0);
  CHECK(metrics.calls == 5);
  const std::string text = to_prometheus(std::vector{metrics});
  CHECK(contains(text, R"(skerry_plugin_version_calls_total{plugin="p",version="a \"b\"",hash=)"));
  CHECK(contains(text, R"(skerry_plugin_reloads_total{plugin="p",outcome="swapped"} 1)"));
  CHECK(contains(to_json(metrics), R"("swapped":1)"));
}

TEST_CASE_METHOD(ReloadFixture, "rollback: automatic if the error rate after the swap passes the limit") {
  auto m = manifest();
  m.reload.rollback_on_error_rate = 0.5;
  m.reload.rollback_min_calls = 10;
  if (GENERATE(false, true))
    m.breaker = BreakerConfig{3, milliseconds(60'000)}; // which then refuses all
                                                        // calls
  write(m, assemble(moody_wat('1')));
  auto plugin = *reloading.load(m);
  for (int i = 0; i < 2; ++i) (void)plugin->call("t"); // not on trial: no version served before it
  write(m, assemble(moody_wat('2')));
  REQUIRE(reloading.reload(m));
  CHECK(eventually([&] {
    (void)plugin->call("t");
    return plugin->metrics().reloads.automatic_rollbacks == 1;
  }));
  CHECK(answers("p", "11"));
  CHECK(eventually([&] {
    return std::ranges::any_of(log.all(), [](const ReloadEvent& event) {
      return event.trigger == ReloadTrigger::error_rate && event.step == ReloadStep::swap;
    });
  }));
  CHECK(reloading.reload(m).error().code == "reload.known_bad");
}

TEST_CASE_METHOD(ReloadFixture, "rollback: few errors, and errors after the window, leave a version alone") {
  auto m = manifest();
  m.reload.rollback_on_error_rate = 0.5;
  m.reload.rollback_min_calls = 4;
  const bool late = GENERATE(false, true);
  if (late) m.reload.rollback_window = milliseconds(1);
  write(m, assemble(moody_wat('1')));
  auto plugin = *reloading.load(m);
  write(m, assemble(moody_wat('2')));
  REQUIRE(reloading.reload(m));
  std::this_thread::sleep_for(milliseconds(2));
  for (int i = 0; i < 40; ++i) (void)plugin->call(late || i % 4 == 3 ? "t" : "x");
  CHECK(plugin->metrics().reloads.automatic_rollbacks == 0);
  CHECK(result_of(plugin->call("x")) == "22");
}

TEST_CASE_METHOD(StateFixture, "state: handed over from version to version, with its version number") {
  auto m = stateful();
  auto plugin = counting(m, 3);
  write(m, assemble(counter_wat(2, "",
                                "(if (i32.ne (local.get $v) (i32.const 1)) (then (return (i32.const 9))))")));
  REQUIRE(reloading.reload(m));
  CHECK(result_of(plugin->call("")) == "4");
  CHECK(log.has(ReloadStep::state, ReloadOutcome::done));
  REQUIRE(reloading.rollback("p")); // with the state that it handed over
  CHECK(result_of(plugin->call("")) == "4");
}

TEST_CASE_METHOD(StateFixture, "state: no call is lost or repeated during a handover") {
  auto m = stateful();
  m.pool.max_wait = milliseconds(20'000);
  const std::string wat = R"((global $n (mut i32) (i32.const 0))
    (func (export "save_state") (result i64) (i32.store (i32.const 512) (global.get $n))
      (call $pack (i32.const 512) (i32.const 4)))
    (func (export "restore_state") (param i32 i32 i32) (global.set $n (i32.load (local.get 1)))))" +
                          execute("(global.set $n (i32.add (global.get $n) (i32.const 1))) "
                                  "(i32.store (i32.const 512) (global.get $n)) "
                                  "(call $pack (i32.const 512) (i32.const 4))");
  write(m, assemble(guest(wat)));
  auto plugin = *reloading.load(m);
  std::atomic<uint32_t> calls = 0, failed = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      while (!stop) {
        ++calls;
        failed += !plugin->call("x");
      }
    });
  for (int i = 0; i < 30; ++i) {
    auto done = reloading.reload(m, {.force = true});
    if (!done) FAIL(describe(done.error()));
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  const std::string count = result_of(plugin->call("x"));
  REQUIRE(count.size() == sizeof(uint32_t));
  const auto counted = vm::load_little_endian<uint32_t>(std::as_bytes(std::span(count)).data());
  CHECK(failed == 0);
  CHECK(counted == calls + 1);
}

TEST_CASE_METHOD(
    StateFixture,
    "state: a handover that fails, is too large or takes too long prevents the swap and keeps the state") {
  auto m = stateful();
  m.reload.max_state_kb = 1;
  m.reload.state_timeout = milliseconds(200);
  auto plugin = counting(m, 2);
  struct Case {
    std::string wat;
    std::string cause;
  };
  for (const Case& c : {Case{counter_wat(2, "", "unreachable"), "trap.unreachable"},
                        Case{counter_wat(2, "", "(return (i32.const 7))"), "state"},
                        Case{counter_wat(2, "", "(loop (br 0))"), "timeout"}}) {
    const PluginError error = failure(m, c.wat);
    CHECK(error.code == "reload.state");
    CHECK(error.cause == c.cause);
  }
  CHECK(result_of(plugin->call("")) == "3");
  // The serving version is at fault, so it still serves.
  write(m, assemble(counter_wat(1, "(global.set $n (i32.const 0)) unreachable")));
  REQUIRE(reloading.reload(m));
  CHECK(failure(m, counter_wat(5)).cause == "trap.unreachable");
  CHECK(result_of(plugin->call("")) == "4");
  m.pool.size = 2;
  CHECK(failure(m, counter_wat(6)).cause == "state.pool");
}

TEST_CASE_METHOD(StateFixture, "state: larger than reload.maxStateKB") {
  auto m = stateful();
  m.reload.max_state_kb = 1;
  write(m, assemble(counter_wat(1, "", "", 1025)));
  auto plugin = *reloading.load(m);
  const PluginError error = failure(m, counter_wat(2));
  CHECK(error.cause == "limit.state");
  REQUIRE(error.limit);
  CHECK(error.limit->key == "reload.maxStateKB");
  CHECK(error.limit->allowed == 1024);
}
