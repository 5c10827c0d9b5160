// Lane: tasks on few threads.
#include "host/server/lane.hpp"
#include "tests/catch.hpp"
#include "tests/host/support/eventually.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

using skerry::host::server::Lane;
using skerry::host::test::eventually;

TEST_CASE("a lane runs every task once, from many threads, and the destructor waits") {
  constexpr int producers = 4, tasks = 5000;
  std::vector<std::atomic<int>> ran(producers * tasks);
  {
    Lane lane(3);
    std::vector<std::thread> threads;
    for (int producer = 0; producer < producers; ++producer)
      threads.emplace_back([&, producer] {
        for (int i = 0; i < tasks; ++i)
          lane.run([&, at = producer * tasks + i] { ++ran[static_cast<size_t>(at)]; });
      });
    for (std::thread& thread : threads) thread.join();
  }
  int wrong = 0;
  for (const std::atomic<int>& one : ran) wrong += one != 1;
  CHECK(wrong == 0);
}

TEST_CASE("a lane with one thread keeps the order of its tasks") {
  std::vector<int> order;
  {
    Lane lane(1);
    for (int i = 0; i < 1000; ++i) lane.run([&order, i] { order.push_back(i); });
  }
  REQUIRE(order.size() == 1000);
  CHECK(std::ranges::is_sorted(order));
}

TEST_CASE("a lane runs as many tasks at once as it has threads, and no more") {
  std::atomic<int> running = 0, most = 0;
  std::latch all(4), go(1);
  {
    Lane lane(4);
    for (int i = 0; i < 12; ++i)
      lane.run([&, i] {
        most = std::max(most.load(), ++running); // an estimate, which can only be too small
        if (i < 4) {
          all.count_down();
          go.wait();
        }
        --running;
      });
    all.wait(); // returns because four tasks run at once
    go.count_down();
  }
  CHECK(most <= 4);
  CHECK(running == 0);
}

TEST_CASE("a task can add tasks, and frees what it holds before the next task") {
  std::atomic<int> ran = 0;
  std::weak_ptr<int> held;
  std::atomic<bool> was_freed = false;
  {
    Lane lane(1);
    lane.run([&] {
      auto value = std::make_shared<int>(1);
      held = value;
      lane.run([&, value] { ++ran; });
      lane.run([&] { was_freed = held.expired(); });
    });
    CHECK(eventually([&] { return ran == 1; }));
  }
  CHECK(was_freed);
}
