#include "wasi/filestat.hpp"

#include "wasi/clocks.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace skerry::wasi {

namespace {

using platform::FileTime;

FileTime at(uint64_t nanoseconds) { return {FileTime::Kind::at, nanoseconds}; }

// Returns the current time of the program's clock. If the program has the system's clock, returns Kind::now
// instead, because setting a file's time to "now" needs fewer permissions than setting it to a given time.
FileTime now(Call& call) {
  if (!call.state.run && !call.state.config.clocks.realtime) return {FileTime::Kind::now};
  return at(clock_time(call, clockid::realtime).value_or(0));
}

uint64_t virtual_now(Call& call) { return clock_time(call, clockid::realtime).value_or(0); }

void note_contents(Call& call, const platform::FileStatus& status) {
  const uint64_t now = virtual_now(call);
  call.state.run->changed(status, now, std::nullopt, now);
}

} // namespace

void note_changed(Call& call, int fd) {
  if (!call.state.run) return;
  if (const auto status = platform::status(fd)) note_contents(call, *status);
}

void note_made(Call& call, int directory, const std::string& name) {
  if (!call.state.run) return;
  note_changed(call, directory);
  if (const auto status = platform::status_at(directory, name)) note_contents(call, *status);
}

void note_removed(Call& call, int directory, const platform::FileStatus& status) {
  if (!call.state.run) return;
  note_changed(call, directory);
  const bool is_last = status.is_directory() || status.links < 2;
  if (is_last) call.state.run->removed(status);
}

void note_times(Call& call, const platform::FileStatus& status, const platform::FileTimes& times) {
  if (!call.state.run) return;
  const auto value = [](const FileTime& time) {
    return time.kind == FileTime::Kind::keep ? std::nullopt : std::optional(time.at);
  };
  call.state.run->changed(status, virtual_now(call), value(times[0]), value(times[1]));
}

Errno store_filestat(Call& call, uint32_t address, const platform::FileStatus& found, Filetype type) {
  const platform::FileStatus status = call.state.run ? call.state.run->seen(found) : found;
  const bool is_unstable = call.snapshot == Snapshot::unstable;
  const auto to = call.memory.bytes(address, is_unstable ? 56 : 64);
  if (!to) return to.error();
  std::fill(to->begin(), to->end(), std::byte{0});
  put(*to, 0, status.device);
  put(*to, 8, status.inode);
  put(*to, 16, static_cast<uint8_t>(type));
  if (is_unstable) {
    put(*to, 20,
        static_cast<uint32_t>(std::min<uint64_t>(status.links, std::numeric_limits<uint32_t>::max())));
  } else {
    put(*to, 24, status.links);
  }
  const size_t rest = is_unstable ? 24 : 32;
  put(*to, rest, status.size);
  put(*to, rest + 8, status.atim);
  put(*to, rest + 16, status.mtim);
  put(*to, rest + 24, status.ctim);
  return Errno::success;
}

Expected<platform::FileTimes> file_times(Call& call, uint64_t atim, uint64_t mtim, uint32_t flags) {
  constexpr uint32_t both_atim = fstflags::atim | fstflags::atim_now;
  constexpr uint32_t both_mtim = fstflags::mtim | fstflags::mtim_now;
  const bool contradicts = (flags & both_atim) == both_atim || (flags & both_mtim) == both_mtim;
  if ((flags & ~uint32_t{fstflags::all}) != 0 || contradicts) return refuse(Errno::inval);
  platform::FileTimes times;
  if ((flags & fstflags::atim) != 0) times[0] = at(atim);
  if ((flags & fstflags::atim_now) != 0) times[0] = now(call);
  if ((flags & fstflags::mtim) != 0) times[1] = at(mtim);
  if ((flags & fstflags::mtim_now) != 0) times[1] = now(call);
  return times;
}

} // namespace skerry::wasi
