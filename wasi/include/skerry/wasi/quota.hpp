// Quota: bounds the bytes and files below a preopened directory.
#pragma once

#include "skerry/error.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

namespace skerry::wasi {

struct QuotaBooks;

/// Counts the bytes and files that programs keep below a directory. The counts change as programs write and
/// remove files. A program that would exceed a limit gets `dquot`. Contexts (and preopens) that share one
/// Quota object share its limits. Changes that other processes make are not counted. Thread-safe.
///
/// A file counts with its size, including holes. Each name (of a file, directory or link) counts as one file
/// and as name_bytes bytes, however long it is. A symbolic link whose target is longer than
/// short_target_bytes counts as long_target_bytes more.
///
/// The bytes of a file are given back when its last name has been removed and no program has the file open.
/// Only bytes that were counted are given back. For example, the bytes that another process appended to a
/// file were not counted, so they are not given back. The quota remembers in a record how much it has
/// counted for each file. It keeps at most known_files records. Files without a record are counted too, but
/// their bytes are never given back.
class Quota {
public:
  static constexpr uint64_t unlimited = std::numeric_limits<uint64_t>::max();
  static constexpr uint64_t name_bytes = 512;         ///< about an inode and the longest directory entry
  static constexpr uint64_t short_target_bytes = 59;  ///< file systems keep such targets in the inode
  static constexpr uint64_t long_target_bytes = 4096; ///< a block
  static constexpr uint64_t known_files = 1 << 20;    ///< a record takes some 80 bytes of host memory

  explicit Quota(uint64_t bytes, uint64_t files = unlimited);
  ~Quota();
  Quota(const Quota&) = delete;
  Quota& operator=(const Quota&) = delete;

  /// Adds the files that exist below `directory` on the host. Call this function if the quota shall limit
  /// everything in the directory, rather than only what programs add. Files that this function or a program's
  /// call has already counted are not counted again. Links are not followed, and at most three descriptors
  /// are open at a time. If the count ends above the limit, programs can add nothing. `look` is called at
  /// least every 64 entries; if it returns an error, the count ends and leaves the quota unchanged. Errors:
  /// io; those of `look`.
  Result<void> count(const std::string& directory, const std::function<Result<void>()>& look = {});

  uint64_t bytes_used() const;
  uint64_t files_used() const;

  QuotaBooks& books() noexcept { return *books_; }

private:
  std::unique_ptr<QuotaBooks> books_;
};

} // namespace skerry::wasi
