// CallQueue: calls that wait without a thread, with the limits and errors of Plugin::call.
#include "host/server/call_queue.hpp"
#include "tests/catch.hpp"
#include "tests/host/support/eventually.hpp"
#include "tests/host/support/held_calls.hpp"
#include "tests/host/support/plugin_fixture.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::server;
using namespace skerry::host::test;

namespace {

/// Results in the order in which they came.
class Results {
public:
  CallQueue::Done done() {
    return [this](const host::Expected<std::string>& result) {
      const std::lock_guard lock(mutex_);
      texts_.push_back(result ? *result : std::string(code_text(result.error().code)));
    };
  }
  size_t count(std::string_view text) {
    const std::lock_guard lock(mutex_);
    return static_cast<size_t>(std::ranges::count(texts_, text));
  }
  size_t size() {
    const std::lock_guard lock(mutex_);
    return texts_.size();
  }
  std::vector<std::string> texts() {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

private:
  std::mutex mutex_;
  std::vector<std::string> texts_;
};

Manifest patient(const PluginFixture& fixture, const std::string& name, uint32_t size, uint32_t waiting) {
  Manifest m = fixture.manifest(name);
  m.timeout = longest_wait;
  m.pool.size = size;
  m.pool.max_wait = longest_wait;
  m.pool.max_waiting = waiting;
  return m;
}

uint64_t running(const PluginHandle& plugin) { return plugin->metrics().busy; }

} // namespace

TEST_CASE_METHOD(PluginFixture, "calls wait in their order, and calls beyond the limit are busy") {
  const PluginHandle plugin = load(guest(printing_echo()), patient(*this, "p", 1, 3));
  Results first, others;
  const std::array<std::string, 6> inputs{"0", "1", "2", "3", "4", "5"};
  {
    CallQueue queue(manager, 4);
    HeldCalls held(*this);
    queue.call(plugin, inputs[0], first.done());
    REQUIRE(eventually([&] { return running(plugin) == 1; }));
    for (size_t i = 1; i < inputs.size(); ++i) queue.call(plugin, inputs[i], others.done());
    CHECK(eventually([&] { return others.count("busy") == 2; }));
    CHECK(others.size() == 2);
    CHECK(first.size() == 0);
    held.release();
    CHECK(eventually([&] { return others.size() == 5; }));
  }
  CHECK(first.count("0") == 1);
  CHECK(others.texts() == std::vector<std::string>{"busy", "busy", "1", "2", "3"});
}

TEST_CASE_METHOD(PluginFixture, "a call that has waited too long is ended while the call before it runs") {
  Manifest m = patient(*this, "p", 1, 10);
  m.pool.max_wait = std::chrono::milliseconds(1);
  const PluginHandle plugin = load(guest(printing_echo()), m);
  Results first, late;
  CallQueue queue(manager, 2);
  HeldCalls held(*this);
  queue.call(plugin, "first", first.done());
  REQUIRE(eventually([&] { return running(plugin) == 1; }));
  queue.call(plugin, "late", late.done());
  CHECK(eventually([&] {
    queue.end_late_calls();
    return late.count("busy") == 1;
  }));
  CHECK(first.size() == 0);
  held.release();
  CHECK(eventually([&] { return first.count("first") == 1; }));
}

TEST_CASE_METHOD(PluginFixture, "a slow plugin leaves threads to another plugin") {
  const PluginHandle slow = load(guest(printing_echo()), patient(*this, "slow", 1, 1000));
  const PluginHandle fast = load(guest(echo), patient(*this, "fast", 1, 1000));
  Results from_slow, from_fast;
  CallQueue queue(manager, 2); // fewer threads than slow calls
  HeldCalls held(*this);
  for (int i = 0; i < 100; ++i) queue.call(slow, "slow", from_slow.done());
  REQUIRE(eventually([&] { return running(slow) == 1; }));
  for (int i = 0; i < 100; ++i) queue.call(fast, "fast", from_fast.done());
  CHECK(eventually([&] { return from_fast.count("fast") == 100; }));
  CHECK(from_slow.size() == 0);
  held.release();
  CHECK(eventually([&] { return from_slow.count("slow") == 100; }));
}

TEST_CASE_METHOD(PluginFixture, "unloading refuses queued calls while a call runs") {
  const PluginHandle plugin = load(guest(printing_echo()), patient(*this, "p", 1, 10));
  Results first, waiting;
  CallQueue queue(manager, 2);
  HeldCalls held(*this);
  queue.call(plugin, "first", first.done());
  REQUIRE(eventually([&] { return running(plugin) == 1; }));
  queue.call(plugin, "waits", waiting.done());
  std::atomic<bool> unloaded = false;
  held.run([&] { unloaded = manager.unload("p").has_value(); });
  CHECK(eventually([&] {
    queue.end_late_calls();
    return waiting.count("unloaded") == 1;
  }));
  CHECK_FALSE(unloaded);
  held.release();
  CHECK(eventually([&] { return first.count("first") == 1; }));
}

TEST_CASE_METHOD(PluginFixture,
                 "calls from many threads are each answered once, beside reloads and unloads") {
  constexpr int threads = 4, calls = 500;
  const std::array<std::string, 2> names{"a", "b"};
  std::vector<PluginHandle> plugins;
  for (const std::string& name : names)
    plugins.push_back(load(guest(echo), patient(*this, name, 2, 1'000'000)));
  std::array<std::string, threads * calls> inputs;
  for (size_t i = 0; i < inputs.size(); ++i) inputs[i] = "n" + std::to_string(i);
  std::array<std::atomic<int>, threads * calls> right{}, wrong{};
  std::atomic<int> answered = 0;
  std::atomic<bool> stop = false;
  {
    CallQueue queue(manager, 3);
    std::vector<std::thread> workers;
    for (int thread = 0; thread < threads; ++thread)
      workers.emplace_back([&, thread] {
        for (int i = 0; i < calls; ++i) {
          const auto at = static_cast<size_t>(thread) * calls + static_cast<size_t>(i);
          queue.call(plugins[at % 2], inputs[at], [&, at](const host::Expected<std::string>& result) {
            ++(result && *result == inputs[at] ? right : wrong)[at];
            ++answered;
          });
        }
      });
    std::thread changer([&] {
      for (uint32_t round = 0; !stop; ++round) {
        (void)manager.reload("a", {.force = true});
        plugins[1]->resize(1 + round % 3);
        queue.end_late_calls();
      }
    });
    for (std::thread& worker : workers) worker.join();
    CHECK(eventually([&] { return answered == threads * calls; }));
    stop = true;
    changer.join();
  }
  int not_once = 0;
  for (size_t i = 0; i < inputs.size(); ++i) not_once += right[i] != 1 || wrong[i] != 0;
  CHECK(not_once == 0);
}
