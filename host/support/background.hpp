// Work beside the calls. Internal.
#pragma once

#include "host/support/mutex.hpp"

#include <functional>
#include <list>
#include <thread>

namespace skerry::host {

/// Runs each task on a thread of its own, so that a slow one delays no other. Thread-safe.
class Background {
public:
  Background() = default;
  ~Background() { stop(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// False when it was stopped. When the system has no thread or memory left for it, the task runs at once,
  /// on this one. The task itself must deal with memory that runs out.
  bool run(const std::function<void()>& task);
  /// Lets no task start any more, and waits for those that run. Not from a task.
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

/// Runs `work` on a thread that yields to those that serve calls, and waits for it: with all cores busy it
/// gets about a tenth of one caller's share. It must take no lock that calls take, and deal itself with
/// memory that runs out. Without a thread left it runs on this one.
void run_with_low_priority(const std::function<void()>& work) noexcept;

} // namespace skerry::host
