#include "wasi/determinism.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace skerry::wasi {

namespace {

// The largest number of files that the host records for a program. A record takes some 100 bytes.
constexpr size_t max_records = 1 << 16;
// The inode number of all files without a record. Not 0, which C libraries take for "unknown".
constexpr uint64_t number_of_unknown = std::numeric_limits<uint64_t>::max();

uint64_t add(uint64_t a, uint64_t b) {
  return a > std::numeric_limits<uint64_t>::max() - b ? std::numeric_limits<uint64_t>::max() : a + b;
}

uint64_t multiply(uint64_t a, uint64_t b) {
  return b != 0 && a > std::numeric_limits<uint64_t>::max() / b ? std::numeric_limits<uint64_t>::max()
                                                                : a * b;
}

// A step of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"). Its results
// are predictable, so they must not be used as secrets.
uint64_t next_random(uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

} // namespace

Expected<uint64_t> DeterministicRun::time(uint32_t clock, uint64_t fuel_used) {
  if (!first_fuel_) first_fuel_ = fuel_used;
  const uint64_t instructions = fuel_used - std::min(fuel_used, *first_fuel_);
  const uint64_t worked = multiply(instructions, given_.nanoseconds_per_instruction);
  switch (clock) {
  case clockid::realtime: return add(given_.start, add(worked, slept_));
  case clockid::monotonic: return add(worked, slept_);
  case clockid::process_cputime:
  case clockid::thread_cputime: return worked;
  default: return refuse(Errno::inval);
  }
}

void DeterministicRun::sleep(uint64_t nanoseconds) { slept_ = add(slept_, nanoseconds); }

// The numbers are written in little-endian order, so that the bytes are the same on all machines.
void DeterministicRun::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    uint64_t value = next_random(random_);
    const size_t length = std::min(bytes.size(), sizeof value);
    for (std::byte& byte : bytes.first(length)) {
      byte = static_cast<std::byte>(value);
      value >>= 8;
    }
    bytes = bytes.subspan(length);
  }
}

DeterministicRun::Record& DeterministicRun::record(FileId id) {
  if (const auto found = records_.find(id); found != records_.end()) return found->second;
  if (records_.size() == max_records) {
    unknown_ = {};
    unknown_.number = number_of_unknown;
    return unknown_;
  }
  Record& made = records_[id];
  made.number = next_number_++;
  return made;
}

// Reading a file changes its access time on disk, so a second run would find another access time. Therefore
// the program sees, as the access time, the modification time that the file had when the program first met
// the file, until the program itself changes the file's access time.
platform::FileStatus DeterministicRun::seen(const platform::FileStatus& status) {
  Record& known = record({status.device, status.inode});
  platform::FileStatus made = status;
  made.device = 0;
  made.inode = known.number;
  if (known.mtim) made.mtim = *known.mtim;
  if (!known.atim) known.atim = made.mtim;
  made.atim = *known.atim;
  made.ctim = known.ctim.value_or(made.mtim);
  return made;
}

void DeterministicRun::changed(const platform::FileStatus& status, uint64_t now, std::optional<uint64_t> atim,
                               std::optional<uint64_t> mtim) {
  Record& known = record({status.device, status.inode});
  known.ctim = now;
  if (atim || !known.atim) known.atim = atim.value_or(now);
  if (mtim) known.mtim = mtim;
}

} // namespace skerry::wasi
