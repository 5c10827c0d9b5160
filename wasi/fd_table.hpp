// FdTable: the program's descriptor numbers.
#pragma once

#include "wasi/descriptor.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace skerry::wasi {

/// Numbers are given out lowest first, as POSIX programs expect. Never holds more than its limit.
class FdTable {
public:
  explicit FdTable(uint32_t limit) : limit_(limit) {}

  /// Errors: mfile when the limit is reached.
  Expected<uint32_t> insert(Descriptor descriptor);
  /// Errors: badf if it is not open, notcapable if a right is missing. The pointer lives until the next
  /// insert, close or renumber.
  Expected<Descriptor*> get(uint32_t fd, Rights needed = rights::none);
  /// True if insert would succeed now.
  bool has_room() const noexcept { return open_ < limit_; }
  /// Errors: badf.
  Errno close(uint32_t fd);
  /// Closes `to` and gives its number to the descriptor `from`. Both must be open; if they are the same
  /// number, nothing changes. Errors: badf.
  Errno renumber(uint32_t from, uint32_t to);
  void clear() noexcept;
  uint32_t open_count() const noexcept { return open_; }
  /// Host memory for the entries of all open directories together.
  size_t kept_entry_bytes() const noexcept;

private:
  std::optional<Descriptor>* find(uint32_t fd) noexcept;

  std::vector<std::optional<Descriptor>> entries_; // the last one is never empty
  uint32_t limit_;
  uint32_t open_ = 0;
  uint32_t first_free_ = 0; // no number below is free
};

} // namespace skerry::wasi
