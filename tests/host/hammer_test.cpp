// Everything at once: every call is answered once, correctly or with its typed error.
#include "skerry/host/plugin_call.hpp"
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

/// Enough to reach every case of this test; SKERRY_HAMMER_CALLS=1000000 is for long runs.
int calls_to_make() {
  const char* wanted = std::getenv("SKERRY_HAMMER_CALLS");
  return wanted != nullptr ? std::atoi(wanted) : 20'000;
}

/// Traps on t, exits on e, spins on s, recurses on r; otherwise returns its input. Leaves marks in memory and
/// in a global; if a later call sees them it returns nothing.
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

constexpr std::array<const char*, 4> names{"a", "b", "c", "d"}; // c has a breaker, d is loaded and unloaded

/// The input of call number `i`, and the expected code; empty: the input is returned.
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

/// One call in seven is cut into pieces, one in a hundred dropped in the middle.
host::Expected<std::string> make_call(Manager& manager, const char* name, const std::string& input, int i,
                                      const CallOptions& options) {
  if (i % 7 != 0) return manager.call(name, input, options);
  auto plugin = manager.get(name);
  if (!plugin) return Unexpected(plugin.error());
  auto call = (*plugin)->begin(input, options);
  if (!call) return Unexpected(call.error());
  if (i % 700 == 0) {
    (void)call->run(20);
    return input;
  }
  while (true) {
    auto state = call->run(200'000);
    if (!state) return Unexpected(state.error());
    if (*state == PluginCall::State::finished) return call->result();
  }
}

struct Hammer : PluginFixture {
  static constexpr int threads = 8;

  Manifest manifest_of(const char* name) const {
    auto m = manifest(name);
    m.timeout = milliseconds(60'000);
    m.capabilities.max_stack_kb = 64;
    m.pool.size = 3;
    m.pool.max_wait = milliseconds(60'000);
    if (std::string_view(name) == names[2]) m.breaker = BreakerConfig{3, milliseconds(1)};
    return m;
  }

  void one_call(int i, size_t which) {
    const Request r = request(i);
    CallOptions options;
    if (r.code == "timeout") options.timeout = milliseconds(1);
    const auto result = make_call(manager, names[which], r.input, i, options);
    ++answered;
    const std::string_view code = result ? std::string_view() : code_text(result.error().code);
    const bool unloaded = which == 3 && (code == "not_found" || code == "unloaded");
    const bool refused = which == 2 && code == "breaker_open";
    gone += unloaded || refused;
    // A call with a timeout of a millisecond may spend it waiting, or be dropped before it fails.
    if (unloaded || refused || (code == r.code && (!result || *result == r.input))) return;
    if (i % 700 == 0 && result && *result == r.input) return;
    if (wrong++ == 0) {
      WARN("call " << r.input << " of " << names[which] << ": "
                   << (result ? *result : to_json(result.error())));
    }
  }

  /// Operators' actions during the calls.
  void change(uint32_t round) {
    if (auto plugin = manager.get(names[round % 3])) (*plugin)->resize(1 + round % 5);
    if (round % 2 == 0)
      wrong += !manager.reload(manifest_of("d"), {.force = true});
    else
      wrong += !manager.unload("d") || !manager.load(manifest_of("d"));
  }

  std::atomic<int> wrong = 0, answered = 0, gone = 0, running = threads;
};

} // namespace

TEST_CASE_METHOD(Hammer, "hammer: threads, plugins, traps, timeouts, exits, resizes, unloads and reloads") {
  for (const char* name : names) load(moody(), manifest_of(name));
  const int calls = calls_to_make() / threads;
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&, t] {
      for (int i = 0; i < calls; ++i) one_call(t * calls + i, static_cast<size_t>(i + t) % names.size());
      --running;
    });
  for (uint32_t round = 0; running > 0; ++round) {
    change(round);
    std::this_thread::sleep_for(milliseconds(2));
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(wrong == 0);
  CHECK(answered == threads * calls);
  CHECK(gone < answered / 2);
  for (const PluginMetrics& metrics : manager.metrics()) {
    CHECK(metrics.busy == 0);
    CHECK(metrics.waiting == 0);
  }
  manager.close();
}
