// Keeps requests to end the process by blocking their signals, and waits for them with sigwait.
#include "host/platform/signals.hpp"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace skerry::platform {

namespace {

sigset_t stop_signals() noexcept {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

} // namespace

void ignore_broken_pipes() noexcept { ::signal(SIGPIPE, SIG_IGN); }

void keep_stop_requests() noexcept {
  const sigset_t signals = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

StopRequestThread::StopRequestThread(std::function<void()> stop)
    : thread_([stop = std::move(stop)] {
        const sigset_t signals = stop_signals();
        int signal = 0;
        ::sigwait(&signals, &signal);
        stop();
      }) {}

StopRequestThread::~StopRequestThread() {
  // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread): the thread waits for that signal, which is blocked
  ::pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

} // namespace skerry::platform
