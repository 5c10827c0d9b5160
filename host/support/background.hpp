// Runs work in the background, beside the calls. Internal.
#pragma once

#include "host/support/mutex.hpp"

#include <functional>
#include <list>
#include <thread>

namespace skerry::host {

/// Runs each task on its own thread, so that a slow task delays no other. Thread-safe.
class Background {
public:
  Background() = default;
  ~Background() { stop(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Returns false after `stop`. If the system has no thread or memory left, the task runs on the calling
  /// thread before `run` returns. The task must handle running out of memory itself.
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

/// Runs `work` on a low-priority thread and waits for it. When all cores are busy, the thread gets about a
/// tenth of the time that a calling thread gets. `work` must not take a lock that calls take, and must handle
/// running out of memory itself. If no thread is left, it runs on the calling thread.
void run_with_low_priority(const std::function<void()>& work) noexcept;

} // namespace skerry::host
