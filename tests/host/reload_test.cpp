// A reload is a transaction: all of it happens, or the old version still serves. Also tests known faults of
// other hosts.
#include "tests/host/support/reload_fixture.hpp"

#include "host/support/hash.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view traps_in_init = "(func (export \"init\") (param i32 i32) unreachable)";
constexpr std::string_view another_name =
    "(data (i32.const 128) \"{\\22name\\22:\\22other\\22}\") (func (export \"meta\") (result i64) "
    "(call $pack (i32.const 128) (i32.const 16)))";

} // namespace

TEST_CASE_METHOD(ReloadFixture, "reload: every step is reported in order, with version, hash and duration") {
  auto m = manifest();
  start(m);
  m.meta.version = "1.3.0";
  m.reload.canary = "{}";
  put(m, '2');
  REQUIRE(*reloading.reload(m) == ReloadResult::swapped);
  REQUIRE(log.has(ReloadStep::destroy, ReloadOutcome::done));
  CHECK(log.steps() == "manifest read compare pin compile interface instantiate meta init canary swap drain "
                       "destroy");
  const auto events = log.all();
  for (size_t i = 0; i < events.size(); ++i) {
    const bool old = events[i].step >= ReloadStep::drain;
    CHECK(events[i].number == i + 1);
    CHECK(events[i].plugin == "p");
    CHECK(events[i].version == (old ? "1.2.3" : "1.3.0"));
    CHECK(events[i].duration.count() >= 0);
    const auto bytes = assemble(version_wat(old ? '1' : '2'));
    if (i > 0) CHECK(events[i].hash == xxh3_128(bytes));
  }
}

TEST_CASE_METHOD(ReloadFixture, "reload: an unchanged file is not loaded again unless the reload is forced") {
  auto m = manifest();
  auto plugin = start(m);
  CHECK(*reloading.reload("p") == ReloadResult::unchanged);
  REQUIRE(log.has(ReloadStep::compare, ReloadOutcome::unchanged));
  CHECK(log.steps() == "manifest read compare:unchanged");
  CHECK(*reloading.reload("p", {.force = true}) == ReloadResult::swapped);
  m.timeout += milliseconds(1); // another manifest is another version
  CHECK(*reloading.reload(m) == ReloadResult::swapped);
  CHECK(plugin->metrics().reloads.unchanged == 1);
  CHECK(plugin->metrics().reloads.swapped == 2);
}

TEST_CASE_METHOD(ReloadFixture,
                 "reload: each step's failure is typed, counted and reported, and changes nothing") {
  auto m = manifest();
  auto plugin = start(m);
  struct Case {
    std::string wat;
    std::string code, cause;
  };
  const std::vector<Case> cases = {
      {"(module)", "reload.compile", "abi.missing_export"},
      {guest(std::string(echo) + "(func (export \"gone\"))"), "", ""},
      {guest(echo), "reload.interface", "interface"},
      {version_wat('2', std::string("(func (export \"gone\")) (func $s unreachable) (start $s)")),
       "reload.instantiate", "trap.unreachable"},
      {version_wat('2', std::string("(func (export \"gone\"))") + std::string(another_name)), "reload.meta",
       "meta"},
      {version_wat('2', std::string("(func (export \"gone\"))") + std::string(traps_in_init)), "reload.init",
       "trap.unreachable"},
  };
  std::string answer = "11";
  uint64_t failures = 0;
  for (const Case& c : cases) {
    if (c.code.empty()) { // this and later versions have one more export
      write(m, assemble(c.wat));
      REQUIRE(reloading.reload(m));
      answer = "x";
      continue;
    }
    const PluginError error = failure(m, c.wat);
    CHECK(error.phase == Phase::reload);
    CHECK(error.code == c.code);
    if (c.cause != "interface") CHECK(error.cause == c.cause);
    CHECK(result_of(plugin->call("x")) == answer);
    CHECK(plugin->metrics().reloads.failures[c.code] == 1);
    CHECK(failure(m, c.wat).code == "reload.known_bad");
    CHECK(plugin->metrics().reloads.failures["reload.known_bad"] == ++failures);
  }
  CHECK(contains(to_json(failure(m, "(module)")), "\"code\":\"reload.known_bad\""));
}

TEST_CASE_METHOD(ReloadFixture, "reload: the pin is checked, and a missing file is reported as missing") {
  auto m = manifest();
  auto plugin = start(m);
  put(m, '2');
  m.hash = std::string(32, '0');
  CHECK(reloading.reload(m).error().code == "reload.pin");
  m.hash = xxh3_128(assemble(version_wat('2')));
  CHECK(reloading.reload(m));
  CHECK(result_of(plugin->call("")) == "22");
  std::filesystem::remove(m.wasm_path);
  const PluginError error = reloading.reload(m).error();
  CHECK(error.code == "reload.read");
  CHECK(error.cause == "io");
  CHECK(reloading.reload("nobody").error().code == "not_found");
}

TEST_CASE_METHOD(ReloadFixture, "reload: a canary that traps or fails keeps the version out of service") {
  auto m = manifest();
  m.reload.canary = R"({"parameters":{}})";
  auto plugin = start(m);
  auto error = failure(m, guest(execute("unreachable")));
  CHECK(error.code == "reload.canary");
  CHECK(error.cause == "trap.unreachable");
  CHECK_FALSE(error.backtrace.empty());
  error = failure(m, guest("(data (i32.const 64) \"{\\22success\\22:false}\")" +
                           execute("(call $pack (i32.const 64) (i32.const 17))")));
  CHECK(error.cause == "canary");
  CHECK(result_of(plugin->call("")) == "11");
}

TEST_CASE_METHOD(ReloadFixture, "reload: calls do not see the canary's effects") {
  auto m = manifest();
  m.pool.state = GENERATE(StateMode::fresh, StateMode::keep);
  m.reload.canary = "{}";
  auto plugin = start(m);
  write(m, assemble(guest("(global $n (mut i32) (i32.const 0))" +
                          execute_digit("(global.set $n (i32.add (global.get $n) (i32.const 1))) "
                                        "(global.get $n)"))));
  // The body leaves one value: the counter.
  auto done = reloading.reload(m);
  if (!done) FAIL(describe(done.error()));
  CHECK(result_of(plugin->call("")) == "1");
}

TEST_CASE_METHOD(ReloadFixture, "reload: removed or changed exports need a higher major version") {
  auto m = manifest();
  auto plugin = start(m, '1', "(func (export \"more\") (param i32))");
  auto error = failure(m, version_wat('2'));
  CHECK(error.code == "reload.interface");
  CHECK(contains(error.message, "\"more\" was removed"));
  error = failure(m, version_wat('2', "(func (export \"more\") (param i64))"));
  INFO(error.message);
  CHECK(contains(error.message, "\"more\" was function"));
  CHECK(contains(error.message, "i64"));
  m.meta.version = "1.9.0";
  CHECK(failure(m, version_wat('2')).code == "reload.interface");
  CHECK(result_of(plugin->call("")) == "11");
  m.meta.version = "2.0.0";
  CHECK(reloading.reload(m));
  CHECK(result_of(plugin->call("")) == "22");
}

TEST_CASE_METHOD(ReloadFixture, "reload: a file cut off between two sections is refused") {
  auto m = manifest();
  auto plugin = start(m);
  auto whole = assemble(version_wat('2'));
  // The last section is the data, so the rest is a valid module.
  size_t at = 8, last = 8;
  while (at < whole.size()) {
    last = at;
    size_t size = 0, shift = 0, i = at + 1;
    for (;; shift += 7) {
      const auto byte = static_cast<uint8_t>(whole[i++]);
      size |= size_t{byte & 0x7fu} << shift;
      if (byte < 0x80) break;
    }
    at = i + size;
  }
  write(m, std::span(whole).first(last));
  auto error = reloading.reload(m);
  REQUIRE_FALSE(error);
  CHECK(error.error().code == "reload.interface");
  CHECK(contains(error.error().message, "cut off"));
  CHECK(result_of(plugin->call("")) == "11");
  CHECK(reloading.reload(m, {.force = true}));
}

TEST_CASE_METHOD(ReloadFixture, "reload: budget, quotas and breaker follow the manifest") {
  auto m = manifest();
  m.breaker = BreakerConfig{1, milliseconds(60'000)};
  write(m, assemble(guest(execute("unreachable"))));
  auto plugin = *reloading.load(m);
  CHECK_FALSE(plugin->call("x"));
  CHECK(error_of(plugin->call("x")).code == "breaker_open");
  m.capabilities.max_total_mb = 7;
  put(m, '2');
  REQUIRE(reloading.reload(m));
  CHECK(result_of(plugin->call("x")) == "22"); // the new version is not at fault
  CHECK(plugin->metrics().budget == uint64_t{7} << 20);
  CHECK_FALSE(plugin->metrics().circuit_open);
}

TEST_CASE_METHOD(ReloadFixture, "reload: a reload that races an unload does not bring the plugin back") {
  std::atomic<bool> held = false, released = false;
  on_print = [&](std::string_view) {
    held = true;
    eventually([&] { return released.load(); });
  };
  auto m = manifest();
  m.timeout = longest_wait;
  auto plugin = start(m);
  put(m, '2', held_init);
  host::Expected<ReloadResult> done;
  std::thread reloader([&] { done = reloading.reload(m); });
  REQUIRE(eventually([&] { return held.load(); }));
  CHECK(reloading.unload("p"));
  released = true;
  reloader.join();
  REQUIRE_FALSE(done);
  CHECK(done.error().code == "reload.swap");
  CHECK(done.error().cause == "unloaded");
  CHECK(error_of(plugin->call("")).code == "unloaded");
  CHECK(reloading.names().empty());
}

// --- faults of a known design, by their names

TEST_CASE_METHOD(ReloadFixture, "fault: old version unloaded before the new one is known to work") {
  auto m = manifest();
  auto plugin = start(m);
  put(m, '2', traps_in_init);
  CHECK_FALSE(reloading.reload(m));
  CHECK(result_of(plugin->call("")) == "11");
}

TEST_CASE_METHOD(ReloadFixture, "fault: no drain") {
  auto m = manifest();
  m.pool.size = 1;
  m.pool.max_wait = milliseconds(20'000);
  // Counts for a long time, then answers like all versions before it.
  const std::string slow =
      "(local $i i32) (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) "
      "(i32.const 30000000)))) (call $pack (local.get $p) (local.get $n))";
  write(m, assemble(guest(execute(slow))));
  auto plugin = *reloading.load(m);
  std::string first, second; // one runs and one waits when the version is replaced
  std::thread runs([&] { first = plugin->call("a").value_or("failed"); });
  REQUIRE(eventually([&] { return plugin->metrics().busy == 1; }));
  std::thread waits([&] { second = plugin->call("b").value_or("failed"); });
  put(m, '2');
  REQUIRE(reloading.reload(m));
  CHECK(result_of(plugin->call("")) == "22");
  runs.join(), waits.join();
  CHECK(first == "a");
  CHECK((second == "b" || second == "22")); // whichever version answered it
}

TEST_CASE_METHOD(ReloadFixture, "fault: stale pointers kept by callers") {
  auto m = manifest();
  auto plugin = start(m);
  put(m, '2');
  REQUIRE(reloading.reload(m));
  CHECK(result_of(plugin->call("")) == "22"); // the same handle
  CHECK(*reloading.get("p") == plugin);
}

TEST_CASE_METHOD(ReloadFixture, "fault: hash and load read the file separately") {
  auto m = manifest();
  start(m);
  // The file changes all the time; the loaded version has the reported hash.
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) install(m, static_cast<char>('2' + i % 7));
  });
  for (int i = 0; i < 50; ++i) {
    if (!reloading.reload(m)) continue;
    const auto metrics = reloading.metrics().at(0);
    const std::string answer = result_of(reloading.call("p", ""));
    CHECK(metrics.versions.at(0).hash == xxh3_128(assemble(version_wat(answer.at(0)))));
  }
  stop = true;
  writer.join();
}

TEST_CASE_METHOD(ReloadFixture, "fault: pools never reloaded") {
  auto m = manifest();
  m.pool.size = 4;
  auto plugin = start(m);
  const auto all_answer = [&] {
    std::set<std::string> answers;
    std::mutex mutex;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          auto result = plugin->call("").value_or("failed");
          const std::lock_guard lock(mutex);
          answers.insert(std::move(result));
        }
      });
    for (auto& thread : threads) thread.join();
    return answers;
  };
  CHECK(all_answer() == std::set<std::string>{"11"});
  put(m, '2');
  REQUIRE(reloading.reload(m));
  CHECK(all_answer() == std::set<std::string>{"22"});
}

TEST_CASE_METHOD(PluginFixture, "fault: callback unsynchronized") {
  std::atomic<int> inside = 0, most = 0;
  std::atomic<uint64_t> last = 0, wrong = 0, again = 0;
  Manager* known = nullptr;
  ManagerOptions options;
  options.on_reload = [&](const ReloadEvent& event) {
    most = std::max<int>(most, ++inside);
    wrong += event.number != ++last;
    if (event.step == ReloadStep::swap && again++ < 4) { // it may call back
      wrong += !known->reload(event.plugin, {.force = true});
      wrong += !known->call(event.plugin, "x");
    }
    --inside;
  };
  Manager own(options);
  known = &own;
  for (const char* name : {"a", "b", "c"}) {
    auto m = manifest(name);
    write(m, assemble(guest(echo)));
    REQUIRE(own.load(m));
  }
  std::vector<std::thread> threads;
  for (const char* name : {"a", "b", "c"})
    threads.emplace_back([&, name] {
      for (int i = 0; i < 10; ++i) wrong += !own.reload(name, {.force = true});
    });
  for (auto& thread : threads) thread.join();
  CHECK(eventually([&] { return again >= 34; }));
  own.close();
  CHECK(wrong == 0);
  CHECK(most == 1);
}

TEST_CASE_METHOD(PluginFixture, "fault: stopping twice panics") {
  auto m = manifest();
  m.reload.watch = true;
  write(m, assemble(guest(echo)));
  auto own = std::make_unique<Manager>();
  REQUIRE(own->load(m));
  own->close();
  own->close();
  CHECK(own->reload("p").error().code == "not_found");
  own.reset();

  std::atomic<bool> closed = false; // also from the callback
  Manager* known = nullptr;
  ManagerOptions options;
  options.on_reload = [&](const ReloadEvent& event) {
    if (event.step != ReloadStep::swap) return;
    known->close();
    closed = true;
  };
  Manager other(options);
  known = &other;
  REQUIRE(other.load(m));
  (void)other.reload("p", {.force = true});
  CHECK(eventually([&] { return closed.load(); }));
}
