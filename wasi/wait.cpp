#include "wasi/wait.hpp"

#include "wasi/os_errno.hpp"

#include <algorithm>
#include <cerrno>

namespace skerry::wasi {

namespace {

using std::chrono::nanoseconds;

// The longest wait between two checks of the interrupt flag. It is short because a call must end within 5 ms
// of an interrupt. Waking up 500 times a second costs about 1 % of a core.
constexpr nanoseconds slice = std::chrono::milliseconds(2);

int poll_once(std::span<pollfd> fds, nanoseconds timeout) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
  const timespec limit{static_cast<time_t>(seconds.count()), static_cast<long>((timeout - seconds).count())};
  const int ready = ::ppoll(fds.data(), fds.size(), &limit, nullptr);
  return ready < 0 && errno == EINTR ? 0 : ready;
}

nanoseconds until(Watch::Clock::time_point when) {
  if (when == Watch::Clock::time_point::max()) return nanoseconds::max();
  return std::max(nanoseconds(0), std::chrono::duration_cast<nanoseconds>(when - Watch::Clock::now()));
}

} // namespace

Expected<int> wait_any(Call& call, std::span<pollfd> fds, nanoseconds timeout) {
  const auto start = Watch::Clock::now();
  nanoseconds left = timeout;
  for (;;) {
    if (call.meter.must_stop()) return refuse(Errno::intr);
    const nanoseconds length = std::min({slice, left, until(call.meter.watch.deadline)});
    const int ready = poll_once(fds, length);
    if (ready < 0) return refuse(last_os_errno());
    if (ready > 0) return ready;
    if (timeout == nanoseconds::max()) continue;
    left = timeout - std::chrono::duration_cast<nanoseconds>(Watch::Clock::now() - start);
    if (left <= nanoseconds(0)) return 0;
  }
}

Errno wait_for(Call& call, int fd, short events) {
  pollfd one{fd, events, 0};
  const auto ready = wait_any(call, {&one, 1}, nanoseconds::max());
  return ready ? Errno::success : ready.error();
}

bool is_ready(int fd, short events) {
  pollfd one{fd, events, 0};
  return ::poll(&one, 1, 0) != 0;
}

} // namespace skerry::wasi
