#include "wasi/filestat.hpp"

#include "wasi/clocks.hpp"

#include <algorithm>
#include <limits>

namespace skerry::wasi {

namespace {

constexpr uint64_t second = 1'000'000'000;

// Times before 1970 have no place in the unsigned type.
uint64_t nanoseconds(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  return static_cast<uint64_t>(time.tv_sec) * second + static_cast<uint64_t>(time.tv_nsec);
}

timespec from_nanoseconds(uint64_t time) {
  return {static_cast<time_t>(time / second), static_cast<long>(time % second)};
}

// "Now" is the program's clock. The system's own now needs fewer permissions, so it is used where they are
// the same.
timespec now(Call& call) {
  const auto& clocks = call.state.config.clocks;
  if (!clocks.realtime) return {0, UTIME_NOW};
  return from_nanoseconds(clocks.realtime());
}

} // namespace

Errno store_filestat(Call& call, uint32_t address, const struct stat& status, Filetype type) {
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
  const std::size_t rest = is_unstable ? 24 : 32;
  put(*to, rest, static_cast<uint64_t>(status.st_size));
  put(*to, rest + 8, nanoseconds(status.st_atim));
  put(*to, rest + 16, nanoseconds(status.st_mtim));
  put(*to, rest + 24, nanoseconds(status.st_ctim));
  return Errno::success;
}

Expected<std::array<timespec, 2>> file_times(Call& call, uint64_t atim, uint64_t mtim, uint32_t flags) {
  constexpr uint32_t both_atim = fstflags::atim | fstflags::atim_now;
  constexpr uint32_t both_mtim = fstflags::mtim | fstflags::mtim_now;
  const bool contradicts = (flags & both_atim) == both_atim || (flags & both_mtim) == both_mtim;
  if ((flags & ~uint32_t{fstflags::all}) != 0 || contradicts) return refuse(Errno::inval);
  std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, timespec{0, UTIME_OMIT}};
  if ((flags & fstflags::atim) != 0) times[0] = from_nanoseconds(atim);
  if ((flags & fstflags::atim_now) != 0) times[0] = now(call);
  if ((flags & fstflags::mtim) != 0) times[1] = from_nanoseconds(mtim);
  if ((flags & fstflags::mtim_now) != 0) times[1] = now(call);
  return times;
}

} // namespace skerry::wasi
