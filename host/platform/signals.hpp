// Signals that would end the process. Internal.
#pragma once

#include <functional>
#include <thread>

namespace skerry::platform {

/// From now on, a write to a pipe or socket without a reader fails, instead of ending the process.
void ignore_broken_pipes() noexcept;

/// Keeps requests to end the process (SIGTERM, and SIGINT from the keyboard) for a StopRequestThread. Must be
/// called before any other thread is started, because threads inherit this.
void keep_stop_requests() noexcept;

/// A thread that waits for the first request to end the process.
class StopRequestThread {
public:
  /// Calls `stop` on that thread at the first request that came after keep_stop_requests, or at the thread's
  /// end. Throws std::system_error if the system has no thread left.
  explicit StopRequestThread(std::function<void()> stop);
  /// Ends the thread.
  ~StopRequestThread();
  StopRequestThread(const StopRequestThread&) = delete;
  StopRequestThread& operator=(const StopRequestThread&) = delete;

private:
  std::thread thread_;
};

} // namespace skerry::platform
