#include "wasi/clocks.hpp"

#include "wasi/os_errno.hpp"
#include "wasi/timespec.hpp"

#include <algorithm>
#include <ctime>
#include <optional>

namespace skerry::wasi {

namespace {

// Both of WASI's CPU clocks show the CPU time of the thread that runs the program, because the program must
// not learn what the rest of the embedding process does.
std::optional<clockid_t> system_clock(uint32_t id) {
  switch (id) {
  case clockid::realtime: return CLOCK_REALTIME;
  case clockid::monotonic: return CLOCK_MONOTONIC;
  case clockid::process_cputime:
  case clockid::thread_cputime: return CLOCK_THREAD_CPUTIME_ID;
  default: return std::nullopt;
  }
}

const std::function<uint64_t()>& given_clock(const Clocks& clocks, uint32_t id) {
  switch (id) {
  case clockid::realtime: return clocks.realtime;
  case clockid::monotonic: return clocks.monotonic;
  default: return clocks.cpu_time;
  }
}

} // namespace

Expected<uint64_t> clock_time(Call& call, uint32_t id) {
  if (auto& run = call.state.run) return run->time(id, call.meter.watch.fuel_used(call.meter.watch.self));
  const auto clock = system_clock(id);
  if (!clock) return refuse(Errno::inval);
  if (const auto& given = given_clock(call.state.config.clocks, id)) return given();
  timespec now{};
  if (::clock_gettime(*clock, &now) != 0) return refuse(last_os_errno());
  return to_nanoseconds(now);
}

Expected<uint64_t> clock_resolution(const Call& call, uint32_t id) {
  const auto clock = system_clock(id);
  if (!clock) return refuse(Errno::inval);
  if (call.state.run) return call.state.run->resolution();
  if (const uint64_t given = call.state.config.clocks.resolution; given != 0) return given;
  timespec step{};
  if (::clock_getres(*clock, &step) != 0) return refuse(last_os_errno());
  return std::max<uint64_t>(1, to_nanoseconds(step));
}

bool is_time_virtual(const Call& call) { return call.state.run || call.state.config.clocks.sleep; }

void skip_time(Call& call, uint64_t nanoseconds) {
  if (call.state.run)
    call.state.run->sleep(nanoseconds);
  else if (const auto& sleep = call.state.config.clocks.sleep)
    sleep(nanoseconds);
}

} // namespace skerry::wasi
