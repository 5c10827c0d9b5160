// Everything at once: every call is answered once, correctly or with its typed error.
#include "tests/host/support/plugin_fixture.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <thread>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::milliseconds;

namespace {

/// A million in a release build. The sanitizers and their trampoline dispatch make a call fifty times as
/// slow, so there it is fewer; SKERRY_HAMMER_CALLS says how many in either.
int calls_to_make() {
  if (const char* wanted = std::getenv("SKERRY_HAMMER_CALLS")) return std::atoi(wanted);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 20'000;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return 20'000;
#else
  return 1'000'000;
#endif
#else
  return 1'000'000;
#endif
}

/// Traps on t, exits on e, spins on s, recurses on r; else returns its input. Leaves marks in memory and in a
/// global that the next call must not see: then it returns nothing.
std::string moody() {
  return guest(R"((global $mark (mut i32) (i32.const 0))
    (func $deep (param i32) (result i32) (i32.add (call $deep (local.get 0)) (i32.const 1))))" +
               execute(R"((local $c i32)
    (if (i32.or (global.get $mark) (i32.load (i32.const 70000))) (then (return (i64.const 0))))
    (global.set $mark (i32.const 1))
    (i32.store (i32.const 70000) (i32.const 1))
    (local.set $c (i32.load8_u (local.get $p)))
    (if (i32.eq (local.get $c) (i32.const 116)) (then unreachable))
    (if (i32.eq (local.get $c) (i32.const 101)) (then (call $exit (i32.const 3))))
    (if (i32.eq (local.get $c) (i32.const 115)) (then (loop (br 0))))
    (if (i32.eq (local.get $c) (i32.const 114)) (then (drop (call $deep (i32.const 1)))))
    (call $pack (local.get $p) (local.get $n)))"));
}

constexpr std::array<const char*, 4> names{"a", "b", "c", "d"};

/// What the call number `i` sends, and the code that answers it; empty: the input comes back.
struct Request {
  std::string input;
  std::string_view code;
};
Request request(int i) {
  if (i % 5003 == 0) return {"spin", "timeout"};
  if (i % 97 == 0) return {"trap", "trap.unreachable"};
  if (i % 101 == 0) return {"exit", "exit"};
  if (i % 103 == 0) return {"recurse", "limit.stack"};
  return {"n" + std::to_string(i), ""};
}

} // namespace

TEST_CASE_METHOD(PluginFixture,
                 "hammer: threads, plugins, traps, timeouts, exits, resizes, unloads and reloads") {
  for (const char* name : names) {
    auto m = manifest(name);
    m.timeout = milliseconds(20'000);
    m.capabilities.max_stack_kb = 64;
    m.pool.size = 3;
    m.pool.max_wait = milliseconds(20'000);
    load(moody(), m);
  }
  const auto last = manifest("d");
  constexpr int threads = 8;
  const int calls = calls_to_make() / threads;
  std::atomic<int> wrong = 0, answered = 0, gone = 0, running = threads;
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&, t] {
      for (int i = 0; i < calls; ++i) {
        const Request r = request(t * calls + i);
        const auto which = static_cast<size_t>(i + t) % names.size();
        CallOptions options;
        if (r.code == "timeout") options.timeout = milliseconds(1);
        auto result = manager.call(names[which], r.input, options);
        ++answered;
        const std::string code = result ? "" : result.error().code;
        const bool unloaded = which == 3 && (code == "not_found" || code == "unloaded");
        gone += unloaded;
        if (unloaded || (code == r.code && (!result || *result == r.input))) continue;
        if (wrong++ == 0) {
          WARN("call " << r.input << " of " << names[which] << ": "
                       << (result ? *result : to_json(result.error())));
        }
      }
      --running;
    });
  for (uint32_t round = 0; running > 0; ++round) {
    if (auto plugin = manager.get(names[round % 3])) (*plugin)->resize(1 + round % 5);
    auto m = manifest("d");
    m.capabilities.max_stack_kb = 64;
    m.pool.max_wait = milliseconds(20'000);
    if (round % 2 == 0)
      wrong += !manager.reload(m);
    else
      wrong += !manager.unload("d") || !manager.load(m);
    std::this_thread::sleep_for(milliseconds(2));
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(wrong == 0);
  CHECK(answered == threads * calls);
  CHECK(gone < answered / 4);
  for (const PluginMetrics& metrics : manager.metrics()) {
    CHECK(metrics.busy == 0);
    CHECK(metrics.waiting == 0);
  }
  manager.close();
}
