// Blocks SIGPIPE during a write.
#include "wasi/platform/posix/sigpipe.hpp"

#include <cerrno>
#include <csignal>

namespace skerry::wasi::platform {

namespace {

bool is_ignored() {
  struct sigaction action{};
  return ::sigaction(SIGPIPE, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
         action.sa_handler == SIG_IGN;
}

bool is_pending() {
  sigset_t pending;
  ::sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 1;
}

// Removes SIGPIPE from the thread's pending signals. First checks that SIGPIPE is pending, because
// otherwise sigwait would wait. (macOS does not have sigtimedwait, which need not wait.)
void consume(const sigset_t& signal) {
  int consumed = 0;
  if (is_pending()) (void)::sigwait(&signal, &consumed);
}

} // namespace

// The system sends SIGPIPE to the thread that writes. So this thread blocks SIGPIPE during the write, and
// then removes SIGPIPE from the thread's pending signals. A SIGPIPE that was pending before stays pending.
ssize_t without_sigpipe(ssize_t (*write)(void*), void* context) {
  if (is_ignored()) return write(context);
  sigset_t signal, before;
  sigemptyset(&signal);
  sigaddset(&signal, SIGPIPE);
  const bool was_pending = is_pending();
  ::pthread_sigmask(SIG_BLOCK, &signal, &before);
  const ssize_t written = write(context);
  const int error = errno;
  if (written < 0 && error == EPIPE && !was_pending) consume(signal);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

} // namespace skerry::wasi::platform
