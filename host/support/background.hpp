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

/// Runs `work` on a low-priority thread and waits until `work` has returned. When all cores are busy, this
/// thread gets about a tenth of the processor time of a thread that calls a plugin. `work` must therefore not
/// take a lock that calls of plugins take, because these calls would then wait for the slow thread. `work`
/// must handle running out of memory itself. If the system has no thread left, `work` runs on the calling
/// thread.
void run_with_low_priority(const std::function<void()>& work) noexcept;

} // namespace skerry::host
