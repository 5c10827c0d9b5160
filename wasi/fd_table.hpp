// FdTable: the program's descriptor numbers.
#pragma once

#include "wasi/descriptor.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace skerry::wasi {

/// Maps descriptor numbers to descriptors. A new descriptor gets the lowest free number, as POSIX programs
/// expect. Never holds more descriptors than its limit.
class FdTable {
public:
  explicit FdTable(uint32_t limit) : limit_(limit) {}

  /// Adds a descriptor and returns its number. Errors: mfile when the limit is reached.
  Expected<uint32_t> insert(Descriptor descriptor);
  /// Returns an open descriptor that has all `needed` rights. The pointer is valid until the next insert,
  /// close or renumber. Errors: badf if it is not open, notcapable if a right is missing.
  Expected<Descriptor*> get(uint32_t fd, Rights needed = rights::none);
  /// Returns whether insert would succeed now.
  bool has_room() const noexcept { return open_ < limit_; }
  /// Closes a descriptor. Errors: badf if it is not open.
  Errno close(uint32_t fd);
  /// Closes the descriptor `to`, and then moves the descriptor `from` to the number `to`, so that the
  /// number `from` is free. If both numbers are equal, nothing changes. Errors: badf if `from` or `to` is
  /// not open.
  Errno renumber(uint32_t from, uint32_t to);
  void clear() noexcept;
  uint32_t open_count() const noexcept { return open_; }
  /// Returns how much host memory the listings of all open directories take together (DirectoryCursor and
  /// DirectoryCookies).
  size_t kept_entry_bytes() const noexcept;

private:
  std::optional<Descriptor>* find(uint32_t fd) noexcept;

  std::vector<std::optional<Descriptor>> entries_; // the last one is never empty
  uint32_t limit_;
  uint32_t open_ = 0;
  uint32_t first_free_ = 0; // no number below this one is free
};

} // namespace skerry::wasi
