// Quota: how much may lie below a preopened directory.
#pragma once

#include "skerry/error.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

namespace skerry::wasi {

struct QuotaBooks;

/// Bytes and files that programs may hold below a directory, counted as they write and remove; past a limit
/// they get `dquot`. Contexts (and preopens) that share one object share what it grants. Files count with
/// their size, holes included, and each name (file, directory, link) as one file; what was removed is given
/// back when the last open descriptor of it is closed. Changes by others than those that share it are not
/// seen. Thread-safe.
class Quota {
public:
  static constexpr uint64_t unlimited = std::numeric_limits<uint64_t>::max();

  explicit Quota(uint64_t bytes, uint64_t files = unlimited);
  ~Quota();
  Quota(const Quota&) = delete;
  Quota& operator=(const Quota&) = delete;

  /// Adds what lies below `directory` on the host: for quotas that bound the whole contents and not only what
  /// programs add. Links are not followed. May end above the limit; then nothing can be added. Errors: io.
  Result<void> count(const std::string& directory);

  uint64_t bytes_used() const;
  uint64_t files_used() const;

  QuotaBooks& books() noexcept { return *books_; }

private:
  std::unique_ptr<QuotaBooks> books_;
};

} // namespace skerry::wasi
