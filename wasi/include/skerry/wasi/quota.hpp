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

/// Counts the bytes and files that programs hold below a directory as they write and remove. Past a limit
/// they get `dquot`. Contexts (and preopens) that share one object share its limits. Changes by others are
/// not seen. Thread-safe.
///
/// A file counts with its size, including holes. Each name (file, directory, link) counts as one file and as
/// name_bytes bytes, whatever its length. A symbolic link whose target is longer than short_target_bytes
/// counts as long_target_bytes more.
///
/// The bytes of a removed file are given back when its last open descriptor is closed, and only as far as
/// they were counted: a file that came or grew in another way gives nothing back. The counts are recorded for
/// each of up to Quota::known_files files; further files are counted, but never given back.
class Quota {
public:
  static constexpr uint64_t unlimited = std::numeric_limits<uint64_t>::max();
  static constexpr uint64_t name_bytes = 512;         ///< about an inode and the longest directory entry
  static constexpr uint64_t short_target_bytes = 59;  ///< file systems keep such a target in the inode
  static constexpr uint64_t long_target_bytes = 4096; ///< a block
  static constexpr uint64_t known_files = 1 << 20;    ///< some 80 bytes of host memory each

  explicit Quota(uint64_t bytes, uint64_t files = unlimited);
  ~Quota();
  Quota(const Quota&) = delete;
  Quota& operator=(const Quota&) = delete;

  /// Adds the files below `directory` on the host, for quotas that bound the whole contents and not only what
  /// programs add. A file that this function or a program's own call has counted is not counted again. Links
  /// are not followed; at most three descriptors are open at any depth. The count may end above the limit;
  /// then nothing can be added. `look` is called at least every 64 entries; its error ends the count and
  /// leaves the quota unchanged. Errors: io; those of `look`.
  Result<void> count(const std::string& directory, const std::function<Result<void>()>& look = {});

  uint64_t bytes_used() const;
  uint64_t files_used() const;

  QuotaBooks& books() noexcept { return *books_; }

private:
  std::unique_ptr<QuotaBooks> books_;
};

} // namespace skerry::wasi
