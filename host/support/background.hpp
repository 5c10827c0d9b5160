// Background: runs each task on its own thread, while calls of plugins continue. Internal.
#pragma once

#include "host/support/mutex.hpp"

#include <functional>
#include <list>
#include <thread>

namespace skerry::host {

/// Runs each task on its own thread, so that a slow task does not delay other tasks. Thread-safe.
class Background {
public:
  Background() = default;
  ~Background() { stop(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Starts `task` and returns true. After `stop`, does nothing and returns false. If the system has no
  /// thread or memory left, the task runs on the calling thread before `run` returns. The task must handle
  /// running out of memory itself.
  bool run(const std::function<void()>& task);
  /// Prevents new tasks from starting, and waits for running ones. Must not be called from a task.
  void stop();

private:
  struct Thread {
    std::thread thread;
    bool has_ended = false;
  };
  using Threads = std::list<Thread>;
  Threads take_ended() noexcept SKERRY_REQUIRES(mutex_);

  Mutex mutex_;
  Threads threads_ SKERRY_GUARDED_BY(mutex_);
  bool stopped_ SKERRY_GUARDED_BY(mutex_) = false;
};

/// Runs `work` on its own thread and waits until `work` has returned. The thread takes short turns on
/// the processor, so that it delays calls of plugins less when all cores are busy. It has the same priority
/// as the calling thread, because `work` and calls of plugins take the same locks, such as those of malloc.
/// `work` must handle running out of memory itself. If the system has no thread left, `work` runs on the
/// calling thread.
void run_in_short_turns(const std::function<void()>& work) noexcept;

} // namespace skerry::host
