// QuotaChange: one change below a directory that may have a quota.
#pragma once

#include "skerry/wasi/quota.hpp"
#include "wasi/types.hpp"

#include <sys/stat.h>

#include <mutex>
#include <optional>

namespace skerry::wasi {

/// Holds the books from before a change of the file system until it is entered, so that what is counted is
/// what happened, whoever else shares the quota. Without a quota there is room for everything.
class QuotaChange {
public:
  explicit QuotaChange(Quota* quota);

  /// The size up to which a file of `size` bytes may grow.
  uint64_t largest(uint64_t size) const;
  void resized(uint64_t before, uint64_t after);

  bool has_room_for_name() const;
  void name_added();
  /// `before` is what the name meant; its bytes come back when nobody has it open.
  void name_gone(const struct stat& before);

  /// A regular file below the directory was opened; quota_closing is told before it is closed.
  void opened(const struct stat& file);

private:
  QuotaBooks* books_ = nullptr;
  std::unique_lock<std::mutex> lock_;
};

/// Counted by a quota since QuotaChange::opened, and about to be closed.
void quota_closing(Quota& quota, int fd) noexcept;

} // namespace skerry::wasi
