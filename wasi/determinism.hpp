// DeterministicRun: the time, random bytes and file attributes that a program sees in a deterministic run
// (Config::determinism).
#pragma once

#include "skerry/wasi/config.hpp"
#include "wasi/platform/file_status.hpp"
#include "wasi/types.hpp"

#include <map>
#include <optional>
#include <span>
#include <utility>

namespace skerry::wasi {

class DeterministicRun {
public:
  explicit DeterministicRun(const Determinism& given) : given_(given), random_(given.seed) {}

  /// Returns a clock's time in nanoseconds when the store has executed `fuel_used` instructions. The clocks
  /// start at the first call of this function. Errors: inval for an id that is not a clock.
  Expected<uint64_t> time(uint32_t clock, uint64_t fuel_used);
  uint64_t resolution() const { return given_.nanoseconds_per_instruction; }
  /// Advances the clocks, except those of CPU time.
  void sleep(uint64_t nanoseconds);
  void fill(std::span<std::byte> bytes);

  /// Returns `status` as the program may see it: the device is 0, files are numbered (1, 2, …) in the order
  /// in which the program first met them, and times that the system set during this run are replaced.
  platform::FileStatus seen(const platform::FileStatus& status);
  /// Returns the inode number that the program sees for a file or directory.
  uint64_t number(uint64_t device, uint64_t inode) { return record({device, inode}).number; }
  /// Records that the program changed a file's contents or attributes at `now`. If the change gave the file
  /// new times, `atim` and `mtim` are these times.
  void changed(const platform::FileStatus& status, uint64_t now, std::optional<uint64_t> atim = std::nullopt,
               std::optional<uint64_t> mtim = std::nullopt);
  /// Forgets a removed file, because the system may soon give its inode number to a new file.
  void removed(const platform::FileStatus& status) { records_.erase({status.device, status.inode}); }

private:
  using FileId = std::pair<uint64_t, uint64_t>;
  struct Record {
    uint64_t number = 0;
    std::optional<uint64_t> atim, mtim, ctim;
  };
  Record& record(FileId id);

  Determinism given_;
  std::optional<uint64_t> first_fuel_;
  uint64_t slept_ = 0;
  uint64_t random_;
  std::map<FileId, Record> records_; // at most max_records
  Record unknown_;                   // shared by all files without a record
  uint64_t next_number_ = 1;
};

} // namespace skerry::wasi
