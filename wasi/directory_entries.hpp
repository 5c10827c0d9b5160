// Entries of a directory as the system gives them (getdents64), one behind the other.
#pragma once

#include "skerry/host_meter.hpp"
#include "wasi/types.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace skerry::wasi {

inline constexpr std::size_t read_ahead_bytes = std::size_t{4} << 10; ///< asked of the system at once

struct SystemEntry {
  uint64_t inode = 0;
  uint64_t position = 0; ///< of the entry that follows
  unsigned char type = 0;
  std::string_view name; ///< in the bytes it was read from; ends at a NUL
  std::size_t length = 0;
};

/// The first of `entries`, which is not empty.
SystemEntry first_entry(std::span<const std::byte> entries);

/// Appends entries from where the system is in `directory`; none at its end.
Errno append_entries(int directory, std::vector<std::byte>& entries);

/// All entries in the order of their names, with positions numbered from 1 upwards: the same for the same
/// names, whatever the file system. Each costs price::entry once when it is read and twice when it is sorted.
/// Errors: overflow when they are more than `most_bytes`; intr with meter.stop set; the system's.
Expected<std::vector<std::byte>> read_sorted(HostMeter& meter, int directory, std::size_t most_bytes);

} // namespace skerry::wasi
