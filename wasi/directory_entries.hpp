// Entries of a directory as the system returns them (getdents64), one after the other.
#pragma once

#include "skerry/host_meter.hpp"
#include "wasi/types.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace skerry::wasi {

inline constexpr size_t read_ahead_bytes = size_t{4} << 10; ///< bytes requested from the system at
                                                            ///< once

struct SystemEntry {
  uint64_t inode = 0;
  uint64_t position = 0; ///< of the next entry
  unsigned char type = 0;
  std::string_view name; ///< points into the bytes it was read from; ends at a NUL
  size_t length = 0;
};

/// The first of `entries`, which must not be empty.
SystemEntry first_entry(std::span<const std::byte> entries);

/// Appends entries from the system's position in `directory`; none at its end.
Errno append_entries(int directory, std::vector<std::byte>& entries);

/// All entries in the order of their names, with positions numbered from 1 upwards: the same for the same
/// names on every file system. Each entry costs price::entry once when it is read and twice when it is
/// sorted. Errors: overflow if they are more than `most_bytes`; intr with meter.stop set; those of the
/// system.
Expected<std::vector<std::byte>> read_sorted(HostMeter& meter, int directory, size_t most_bytes);

} // namespace skerry::wasi
