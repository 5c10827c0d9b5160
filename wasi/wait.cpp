#include "wasi/wait.hpp"

#include <algorithm>

namespace skerry::wasi {

namespace {

using std::chrono::nanoseconds;

// The longest wait between two checks of the interrupt flag. It is short because a call must end within 5 ms
// of an interrupt. Waking up 500 times a second costs about 1 % of a core.
constexpr nanoseconds slice = std::chrono::milliseconds(2);

nanoseconds until(Watch::Clock::time_point when) {
  if (when == Watch::Clock::time_point::max()) return nanoseconds::max();
  return std::max(nanoseconds(0), std::chrono::duration_cast<nanoseconds>(when - Watch::Clock::now()));
}

} // namespace

Expected<size_t> wait_any(Call& call, std::span<Waiting> files, nanoseconds timeout) {
  const auto start = Watch::Clock::now();
  nanoseconds left = timeout;
  for (;;) {
    if (call.meter.must_stop()) return refuse(Errno::intr);
    const nanoseconds length = std::min({slice, left, until(call.meter.watch.deadline)});
    const auto ready = platform::wait(files, length);
    if (!ready || *ready > 0) return ready;
    if (timeout == nanoseconds::max()) continue;
    left = timeout - std::chrono::duration_cast<nanoseconds>(Watch::Clock::now() - start);
    if (left <= nanoseconds(0)) return size_t{0};
  }
}

Errno wait_for(Call& call, int fd, Direction direction) {
  Waiting one{.fd = fd, .direction = direction};
  const auto ready = wait_any(call, {&one, 1}, nanoseconds::max());
  return ready ? Errno::success : ready.error();
}

bool is_ready(int fd, Direction direction) {
  Waiting one{.fd = fd, .direction = direction};
  const auto ready = platform::wait({&one, 1}, nanoseconds(0));
  return !ready || *ready != 0;
}

} // namespace skerry::wasi
