#include "wasi/filestat.hpp"

#include "wasi/clocks.hpp"
#include "wasi/timespec.hpp"

#include <fcntl.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace skerry::wasi {

namespace {

// Returns the current time of the program's clock. If the program has the system's clock, returns UTIME_NOW
// instead, because setting UTIME_NOW needs fewer permissions than setting a time.
timespec now(Call& call) {
  if (!call.state.run && !call.state.config.clocks.realtime) return {0, UTIME_NOW};
  return to_timespec(clock_time(call, clockid::realtime).value_or(0));
}

uint64_t virtual_now(Call& call) { return clock_time(call, clockid::realtime).value_or(0); }

void note_contents(Call& call, const struct stat& status) {
  const uint64_t now = virtual_now(call);
  call.state.run->changed(status, now, std::nullopt, now);
}

} // namespace

void note_changed(Call& call, int fd) {
  struct stat status{};
  if (call.state.run && ::fstat(fd, &status) == 0) note_contents(call, status);
}

void note_made(Call& call, int directory, const char* name) {
  struct stat status{};
  if (!call.state.run) return;
  note_changed(call, directory);
  if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0) note_contents(call, status);
}

void note_removed(Call& call, int directory, const struct stat& status) {
  if (!call.state.run) return;
  note_changed(call, directory);
  const bool is_last = S_ISDIR(status.st_mode) || status.st_nlink < 2;
  if (is_last) call.state.run->removed(status);
}

void note_times(Call& call, const struct stat& status, const std::array<timespec, 2>& times) {
  if (!call.state.run) return;
  const auto value = [](const timespec& time) {
    return time.tv_nsec == UTIME_OMIT ? std::nullopt : std::optional(to_nanoseconds(time));
  };
  call.state.run->changed(status, virtual_now(call), value(times[0]), value(times[1]));
}

Errno store_filestat(Call& call, uint32_t address, const struct stat& found, Filetype type) {
  const struct stat status = call.state.run ? call.state.run->seen(found) : found;
  const bool is_unstable = call.snapshot == Snapshot::unstable;
  const auto to = call.memory.bytes(address, is_unstable ? 56 : 64);
  if (!to) return to.error();
  std::fill(to->begin(), to->end(), std::byte{0});
  put<uint64_t>(*to, 0, status.st_dev);
  put<uint64_t>(*to, 8, status.st_ino);
  put(*to, 16, static_cast<uint8_t>(type));
  if (is_unstable) {
    put(*to, 20,
        static_cast<uint32_t>(std::min<uint64_t>(status.st_nlink, std::numeric_limits<uint32_t>::max())));
  } else {
    put<uint64_t>(*to, 24, status.st_nlink);
  }
  const size_t rest = is_unstable ? 24 : 32;
  put(*to, rest, static_cast<uint64_t>(status.st_size));
  put(*to, rest + 8, to_nanoseconds(status.st_atim));
  put(*to, rest + 16, to_nanoseconds(status.st_mtim));
  put(*to, rest + 24, to_nanoseconds(status.st_ctim));
  return Errno::success;
}

Expected<std::array<timespec, 2>> file_times(Call& call, uint64_t atim, uint64_t mtim, uint32_t flags) {
  constexpr uint32_t both_atim = fstflags::atim | fstflags::atim_now;
  constexpr uint32_t both_mtim = fstflags::mtim | fstflags::mtim_now;
  const bool contradicts = (flags & both_atim) == both_atim || (flags & both_mtim) == both_mtim;
  if ((flags & ~uint32_t{fstflags::all}) != 0 || contradicts) return refuse(Errno::inval);
  std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, timespec{0, UTIME_OMIT}};
  if ((flags & fstflags::atim) != 0) times[0] = to_timespec(atim);
  if ((flags & fstflags::atim_now) != 0) times[0] = now(call);
  if ((flags & fstflags::mtim) != 0) times[1] = to_timespec(mtim);
  if ((flags & fstflags::mtim_now) != 0) times[1] = now(call);
  return times;
}

} // namespace skerry::wasi
