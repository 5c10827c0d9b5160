// Entries of a directory in the layout in which the system returns them (getdents64).
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
  uint64_t position = 0; ///< where the next entry begins, for lseek
  unsigned char type = 0;
  std::string_view name; ///< points into the entry's bytes; a NUL follows
  size_t length = 0;
};

/// Returns the first of `entries`, which must not be empty.
SystemEntry first_entry(std::span<const std::byte> entries);

/// Makes one getdents64 call, which reads entries from the current offset of the descriptor `directory` on,
/// and appends these entries. Appends nothing at the end of the directory.
Errno append_entries(int directory, std::vector<std::byte>& entries);

/// Returns all entries in the order of their names, with positions numbered from 1 upwards. The result is the
/// same for the same names on every file system. Each entry costs price::entry once for reading and twice for
/// sorting. Errors: overflow if the entries take more than `most_bytes`; intr with meter.stop set; those of
/// the system.
Expected<std::vector<std::byte>> read_sorted(HostMeter& meter, int directory, size_t most_bytes);

} // namespace skerry::wasi
