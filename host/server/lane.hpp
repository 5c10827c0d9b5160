// Threads for work that the event loop must not wait for. Internal.
#pragma once

#include "host/support/mutex.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <thread>

namespace skerry::host::server {

/// Runs tasks in the order in which they come, on at most `max_threads` threads. A thread starts when a task
/// finds no free one, and then waits for further tasks. Thread-safe.
class Lane {
public:
  using Task = std::function<void()>;

  explicit Lane(uint32_t max_threads) : max_threads_(max_threads) {}
  /// Runs the tasks that are still queued, and waits for all tasks.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// Queues a task, which must not throw. If the system has not even one thread for the lane, the task runs
  /// before `run` returns.
  void run(Task task);

private:
  bool start_thread_if_needed() SKERRY_REQUIRES(mutex_);
  void work();

  const uint32_t max_threads_;
  Mutex mutex_;
  Condition wake_;
  std::deque<Task> tasks_ SKERRY_GUARDED_BY(mutex_);
  std::list<std::thread> threads_ SKERRY_GUARDED_BY(mutex_);
  uint32_t free_ SKERRY_GUARDED_BY(mutex_) = 0; // threads that wait for a task
  bool stopping_ SKERRY_GUARDED_BY(mutex_) = false;
};

} // namespace skerry::host::server
