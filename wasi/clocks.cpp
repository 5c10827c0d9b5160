#include "wasi/clocks.hpp"

#include "wasi/platform/clock.hpp"

#include <optional>

namespace skerry::wasi {

namespace {

// Both of WASI's CPU clocks show the CPU time of the thread that runs the program, because the program must
// not learn what the rest of the embedding process does.
std::optional<platform::Clock> system_clock(uint32_t id) {
  switch (id) {
  case clockid::realtime: return platform::Clock::realtime;
  case clockid::monotonic: return platform::Clock::monotonic;
  case clockid::process_cputime:
  case clockid::thread_cputime: return platform::Clock::thread_cpu;
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
  return platform::time_of(*clock);
}

Expected<uint64_t> clock_resolution(const Call& call, uint32_t id) {
  const auto clock = system_clock(id);
  if (!clock) return refuse(Errno::inval);
  if (call.state.run) return call.state.run->resolution();
  if (const uint64_t given = call.state.config.clocks.resolution; given != 0) return given;
  return platform::resolution_of(*clock);
}

bool is_time_virtual(const Call& call) { return call.state.run || call.state.config.clocks.sleep; }

void skip_time(Call& call, uint64_t nanoseconds) {
  if (call.state.run)
    call.state.run->sleep(nanoseconds);
  else if (const auto& sleep = call.state.config.clocks.sleep)
    sleep(nanoseconds);
}

} // namespace skerry::wasi
