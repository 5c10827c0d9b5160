// Calls that pause and resume: the same result, wherever they are cut.
#include "skerry/host/plugin_call.hpp"

#include "tests/host/support/plugin_fixture.hpp"
#include "tests/support/emulation.hpp"

#include <optional>
#include <thread>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using State = PluginCall::State;
using std::chrono::milliseconds;

namespace {

/// Prints and transforms its input: loops, calls, host functions, memory that grows. An empty input traps.
std::string worker() {
  return guest(R"((global $calls (mut i32) (i32.const 0))
    (func $next (param $c i32) (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (i32.add (local.get $c) (i32.const 1))))" +
               execute(R"((local $i i32)
    (if (i32.eqz (local.get $n)) (then unreachable))
    (call $print (local.get $p) (local.get $n))
    (drop (memory.grow (i32.const 1)))
    (loop $l
      (i32.store8 (i32.add (local.get $p) (local.get $i))
        (call $next (i32.load8_u (i32.add (local.get $p) (local.get $i)))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (drop (call $fs_check (local.get $p) (local.get $n)))
    (call $print (local.get $p) (local.get $n))
    (call $pack (local.get $p) (local.get $n)))"));
}

/// The outcome of a call: its result, or the code of its error.
std::string outcome(const host::Expected<std::string>& result) {
  return result ? *result : std::string(code_text(result.error().code));
}

host::Expected<std::string> run_to_end(host::Expected<PluginCall> call, uint64_t first, uint64_t then,
                                       int* cuts = nullptr) {
  if (!call) return Unexpected(call.error());
  uint64_t fuel = first;
  while (true) {
    auto state = call->run(fuel);
    if (!state) return Unexpected(state.error());
    if (*state == State::finished) return call->result();
    CHECK(call->result().empty());
    if (cuts) ++*cuts;
    fuel = then;
  }
}

uint64_t fuel_of(Plugin& plugin, const std::string& input) {
  const uint64_t before = plugin.metrics().fuel;
  (void)plugin.call(input);
  return plugin.metrics().fuel - before;
}

/// Cut once after 1, 2, 3 … instructions, and repeatedly after each of these numbers.
void cut_everywhere(Plugin& plugin, const std::string& input) {
  const std::string expected = outcome(plugin.call(input));
  const uint64_t whole = fuel_of(plugin, input);
  REQUIRE(whole > 10);
  int cuts = 0, wrong = 0;
  for (uint64_t fuel = 1; fuel <= whole; ++fuel) {
    const uint64_t before = plugin.metrics().fuel;
    wrong += outcome(run_to_end(plugin.begin(input), fuel, PluginCall::unlimited, &cuts)) != expected;
    wrong += plugin.metrics().fuel - before != whole;
  }
  CHECK(wrong == 0);
  CHECK(cuts > 0);
  for (const uint64_t fuel : {1, 2, 3, 7, 50})
    CHECK(outcome(run_to_end(plugin.begin(input), fuel, fuel)) == expected);
}

} // namespace

TEST_CASE_METHOD(PluginFixture, "a call cut at every fuel value gives the same result with the same fuel",
                 "[exec]") {
  auto plugin = load(worker());
  cut_everywhere(*plugin, "HAL");
  const size_t one = printed.size();
  printed.clear();
  CHECK(result_of(plugin->call("HAL")) == "IBM");
  CHECK(printed == "HALIBM"); // complete, as in every cut call
  CHECK(one % printed.size() == 0);
  CHECK(error_of(run_to_end(plugin->begin(""), 1, 1)).code == "trap.unreachable");
}

TEST_CASE_METHOD(PluginFixture, "with state keep, cut calls see the state that earlier calls left",
                 "[exec]") {
  auto m = manifest();
  m.pool.state = StateMode::keep;
  auto plugin =
      load(guest("(global $n (mut i32) (i32.const 0))" +
                 execute_digit("(global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)")),
           m);
  for (const char* digit : {"1", "2", "3", "4"})
    CHECK(result_of(run_to_end(plugin->begin("x"), 2, 3)) == digit);
}

TEST_CASE_METHOD(PluginFixture, "a cut call runs out of the manifest's fuel where an uncut call does",
                 "[exec]") {
  auto m = manifest();
  auto plugin = load(worker(), m);
  const uint64_t whole = fuel_of(*plugin, "abc");
  for (uint64_t allowed = 1; allowed <= whole + 2; ++allowed) {
    m.meta.name = "p" + std::to_string(allowed);
    m.fuel = allowed;
    auto limited = load(worker(), m);
    INFO(allowed << " of " << whole);
    const std::string expected = outcome(limited->call("abc"));
    CHECK(outcome(run_to_end(limited->begin("abc"), 5, 7)) == expected);
    CHECK(outcome(run_to_end(limited->begin("abc"), allowed, allowed)) == expected);
    REQUIRE(manager.unload(m.meta.name));
  }
}

TEST_CASE_METHOD(PluginFixture,
                 "a call may continue in another thread, and several calls of one plugin may alternate") {
  auto m = manifest();
  m.pool.size = 3;
  auto plugin = load(worker(), m);
  std::vector<PluginCall> calls;
  for (const char* input : {"aaa", "bbb", "ccc"}) calls.push_back(std::move(*plugin->begin(input)));
  CHECK(plugin->metrics().busy == 3);
  std::thread([&] {
    for (PluginCall& call : calls) REQUIRE(call.run(20));
  }).join();
  for (bool done = false; !done;) {
    done = true;
    for (PluginCall& call : calls)
      if (call.result().empty()) done &= *call.run(20) == State::finished;
  }
  CHECK(calls[0].result() == "bbb");
  CHECK(calls[1].result() == "ccc");
  CHECK(calls[2].result() == "ddd");
  CHECK(plugin->metrics().busy == 0);
  const auto ended = calls[0].run();
  CHECK(ended.error().code == "usage");
}

TEST_CASE_METHOD(PluginFixture, "a cancelled call leaves a clean instance", "[exec]") {
  auto plugin = load(worker());
  for (uint64_t fuel = 0; fuel < 60; fuel += 5) {
    {
      auto call = plugin->begin("abc");
      REQUIRE(call);
      if (fuel != 0) REQUIRE(call->run(fuel));
    }
    CHECK(plugin->metrics().busy == 0);
    CHECK(result_of(plugin->call("HAL")) == "IBM");
  }
  CHECK(plugin->metrics().reasons.at("cancelled") == 12);
}

TEST_CASE_METHOD(PluginFixture, "a call's deadline passes while the call is paused", "[exec]") {
  auto m = manifest();
  const auto timeout =
      milliseconds(skerry::test::is_emulated ? 2000 : 50); // long enough for the first ten instructions
  m.timeout = timeout;
  auto plugin = load(worker(), m);
  auto call = plugin->begin("abc");
  REQUIRE(call);
  REQUIRE(*call->run(10) == State::out_of_fuel);
  std::this_thread::sleep_for(timeout + milliseconds(10));
  const auto state = call->run();
  REQUIRE_FALSE(state);
  CHECK(state.error().code == "timeout");
  CHECK(state.error().elapsed >= timeout);
  CHECK(plugin->metrics().busy == 0);
}

TEST_CASE_METHOD(PluginFixture, "an unload does not wait for paused calls: they fail with unloaded") {
  auto plugin = load(worker());
  auto call = plugin->begin("abc");
  REQUIRE(*call->run(10) == State::out_of_fuel);
  REQUIRE(manager.unload("p")); // on the thread that would have to resume it
  const auto state = call->run();
  REQUIRE_FALSE(state);
  CHECK(state.error().code == "unloaded");
  CHECK(plugin->begin("x").error().code == "unloaded");
}

TEST_CASE_METHOD(PluginFixture,
                 "a call that is paused during a reload continues in the version in which it began") {
  auto m = manifest();
  auto plugin = load(worker(), m);
  auto call = plugin->begin("HAL");
  REQUIRE(*call->run(10) == State::out_of_fuel);
  write(m, assemble(guest(execute_digit("(i32.const 2)"))));
  REQUIRE(manager.reload(m));
  CHECK(result_of(plugin->call("x")) == "2");
  REQUIRE(*call->run() == State::finished);
  CHECK(call->result() == "IBM");
}

TEST_CASE_METHOD(PluginFixture,
                 "instances of paused calls count towards the host's cap until they are returned") {
  ManagerOptions options;
  options.max_instances = 2;
  Manager small(options);
  auto m = manifest("a");
  m.pool.size = 2;
  write(m, assemble(worker()));
  {
    auto plugin = *small.load(m);
    auto one = plugin->begin("x"), two = plugin->begin("x");
    REQUIRE((one && two));
    REQUIRE(small.unload("a"));
    CHECK(small.load(m).error().code == "limit.instances");
  }
  for (int i = 0; i < 3; ++i) {
    auto plugin = small.load(m);
    REQUIRE(plugin);
    CHECK(result_of((*plugin)->call("HAL")) == "IBM");
    REQUIRE(small.unload("a"));
  }
}

// ---- asynchronous host functions

namespace {

struct AsyncFixture : PluginFixture {
  AsyncFixture() {
    ManagerOptions options;
    options.engine = skerry::test::test_config();
    options.imports = [this](Linker& linker, const Manifest& m) {
      linker.define("app", "fetch",
                    [this, name = m.meta.name](Caller& caller, int32_t key) -> Result<int32_t> {
                      ++asked;
                      if (!answer) return caller.not_ready();
                      return *answer + key + static_cast<int32_t>(name.size());
                    });
    };
    async_manager.emplace(options);
    std::string wat =
        guest(execute_digit("(i32.add (call $fetch (i32.const 1)) (call $fetch (i32.const 2)))"));
    wat.insert(wat.find("(import"), R"((import "app" "fetch" (func $fetch (param i32) (result i32))))");
    write(manifest(), assemble(wat));
    auto loaded = async_manager->load(manifest());
    if (!loaded) FAIL(describe(loaded.error()));
    plugin = *loaded;
  }
  std::optional<int32_t> answer;
  int asked = 0;
  std::optional<Manager> async_manager;
  PluginHandle plugin;
};

} // namespace

TEST_CASE_METHOD(AsyncFixture, "an embedder's host function that is not ready suspends the call", "[exec]") {
  auto call = plugin->begin("x");
  REQUIRE(call);
  for (int i = 1; i <= 3; ++i) {
    CHECK(*call->run() == State::not_ready);
    CHECK(asked == i);
  }
  answer = 1;
  CHECK(*call->run() == State::finished);
  CHECK(call->result() == "7"); // 1 + 1 + 1 and 1 + 2 + 1
}

TEST_CASE_METHOD(AsyncFixture, "waiting for the host and cuts by fuel mix", "[exec]") {
  for (uint64_t fuel = 1; fuel < 40; ++fuel) {
    auto call = plugin->begin("x");
    REQUIRE(call);
    int rests = 0;
    for (State state = State::out_of_fuel; state != State::finished; ++rests) {
      answer = rests % 3 == 2 ? std::optional<int32_t>(1) : std::nullopt;
      state = *call->run(fuel);
    }
    CHECK(call->result() == "7");
  }
}

TEST_CASE_METHOD(AsyncFixture, "a call that cannot wait fails when a host function is not ready", "[exec]") {
  CHECK(error_of(plugin->call("x")).code == "host");
  answer = 1;
  CHECK(result_of(plugin->call("x")) == "7");
}

// ---- the example plugins

TEST_CASE_METHOD(PluginFixture, "the example plugins in C and in the text format, cut everywhere") {
  const std::filesystem::path plugins = SKERRY_EXAMPLE_PLUGINS;
  for (const char* file :
       {"shout-c.json", "shout-wat.json", "json-transformer.json", "json-transformer-wat.json"}) {
    if (!std::filesystem::exists(plugins / file)) continue; // no compiler for guests
    INFO(file);
    auto loaded = manager.load(plugins / file);
    if (!loaded) FAIL(describe(loaded.error()));
    cut_everywhere(**loaded, R"({"request_id":"1","parameters":{"a":"b"}})");
    REQUIRE(manager.unload((*loaded)->name()));
  }
}
