// proc_* and sched_yield.
#include "wasi/functions.hpp"

#include <thread>

namespace skerry::wasi::abi {

namespace {

constexpr uint32_t last_signal = 30;
// The exit status of a program that raises a deadly signal is this number plus the signal's number, as in a
// shell.
constexpr int32_t signal_status = 128;

// Signals whose default action is to do nothing (none, chld, cont, urg, winch). The default action always
// applies, because WASI has no signal handlers.
bool is_ignored(uint32_t signal) {
  return signal == 0 || signal == 16 || signal == 17 || signal == 22 || signal == 27;
}

} // namespace

Errno proc_exit(Call& call, i32 status) {
  call.meter.stop = Error::exit(static_cast<int32_t>(status));
  return Errno::success;
}

Errno proc_raise(Call& call, i32 signal) {
  if (signal > last_signal) return Errno::inval;
  if (!is_ignored(signal)) call.meter.stop = Error::exit(signal_status + static_cast<int32_t>(signal));
  return Errno::success;
}

Errno sched_yield(Call& call) {
  if (call.meter.must_stop()) return Errno::intr;
  std::this_thread::yield();
  return Errno::success;
}

} // namespace skerry::wasi::abi
