// Quota: how much may lie below a preopened directory.
#pragma once

#include "skerry/error.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

namespace skerry::wasi {

struct QuotaBooks;

/// Bytes and files that programs may hold below a directory, counted as they write and remove; past a limit
/// they get `dquot`. Contexts (and preopens) that share one object share what it grants. Changes by others
/// than those that share it are not seen. Thread-safe.
///
/// Files count with their size, holes included. Each name (file, directory, link) counts as one file and as
/// name_bytes bytes, whatever its length; a symbolic link whose target is longer than short_target_bytes
/// counts as long_target_bytes more. What was removed is given back when its last open descriptor is closed,
/// and only what was counted: a file that came or grew by other ways is worth nothing when it goes. What is
/// counted is known for each file, up to Quota::known_files of them; what lies beyond is counted, and never
/// given back.
class Quota {
public:
  static constexpr uint64_t unlimited = std::numeric_limits<uint64_t>::max();
  static constexpr uint64_t name_bytes = 512; ///< about an inode and a directory entry of the longest name
  static constexpr uint64_t short_target_bytes = 59;  ///< file systems keep such a target in the inode
  static constexpr uint64_t long_target_bytes = 4096; ///< a block
  static constexpr uint64_t known_files = 1 << 20;    ///< some 80 bytes of host memory each

  explicit Quota(uint64_t bytes, uint64_t files = unlimited);
  ~Quota();
  Quota(const Quota&) = delete;
  Quota& operator=(const Quota&) = delete;

  /// Adds what lies below `directory` on the host: for quotas that bound the whole contents and not only what
  /// programs add. A file that is counted already, by this or because a program made it, is not counted
  /// again. Links are not followed; three descriptors are open at most, however deep the tree is. May end
  /// above the limit; then nothing can be added. `look` is asked at least every 64 entries, and ends the
  /// count with its error, which leaves everything as it was. Errors: io; those of `look`.
  Result<void> count(const std::string& directory, const std::function<Result<void>()>& look = {});

  uint64_t bytes_used() const;
  uint64_t files_used() const;

  QuotaBooks& books() noexcept { return *books_; }

private:
  std::unique_ptr<QuotaBooks> books_;
};

} // namespace skerry::wasi
