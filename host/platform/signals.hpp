// Signals that would end the process. Internal.
#pragma once

#include <functional>
#include <thread>

namespace skerry::platform {

/// Makes later writes to a pipe or socket without a reader fail, instead of ending the process.
void ignore_broken_pipes() noexcept;

/// Keeps requests to end the process (SIGTERM, and SIGINT from the keyboard) for a StopRequestThread. Must
/// be called before any other thread is started, because a new thread blocks the same signals as the thread
/// that starts it.
void keep_stop_requests() noexcept;

/// A thread that waits for the first request to end the process.
class StopRequestThread {
public:
  /// Starts the thread, which calls `stop` once: at the first request since keep_stop_requests or, if there
  /// was no request, when this object is destroyed. Throws std::system_error if the system has no thread
  /// left.
  explicit StopRequestThread(std::function<void()> stop);
  /// Ends the thread.
  ~StopRequestThread();
  StopRequestThread(const StopRequestThread&) = delete;
  StopRequestThread& operator=(const StopRequestThread&) = delete;

private:
  std::thread thread_;
};

} // namespace skerry::platform
