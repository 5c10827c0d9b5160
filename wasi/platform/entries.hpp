// Reads the entries of a directory.
#pragma once

#include "wasi/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace skerry::wasi::platform {

/// One entry of a directory. If the system lists "." and "..", they are entries, too.
struct Entry {
  uint64_t inode = 0;
  uint64_t position = 0;        ///< where the next entry begins
  std::optional<Filetype> type; ///< empty if the system does not report it
  std::string_view name;        ///< points into the entry's bytes; a NUL follows
  size_t length = 0;            ///< the size of the entry's bytes
};

/// Returns whether a position stays valid when other entries are removed. If not, the whole directory must
/// be read before the program can remove an entry.
bool has_stable_positions() noexcept;

/// Reads entries of an open directory, beginning with the one at `position` (0: the first entry), and
/// appends about 4 KiB of them at most to `entries`. Appends nothing at the end of the directory. Errors:
/// those of the system, such as inval for a position that it does not know.
Errno append_entries(int directory, uint64_t position, std::vector<std::byte>& entries);

/// Returns the first entry of `entries`, which must not be empty.
Entry first_entry(std::span<const std::byte> entries) noexcept;
/// Changes Entry::position of the first entry of `entries`.
void set_position(std::span<std::byte> entries, uint64_t position) noexcept;

} // namespace skerry::wasi::platform
