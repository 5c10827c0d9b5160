// QuotaChange: one change below a directory that may have a quota.
#pragma once

#include "skerry/host_meter.hpp"
#include "skerry/wasi/quota.hpp"
#include "wasi/types.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <mutex>
#include <optional>

namespace skerry::wasi {

/// Cost of a symbolic link beyond Quota::name_bytes.
uint64_t target_price(uint64_t length);

/// Holds the quota's lock from before a change of the file system until the change is entered, so that the
/// counts match the file system even if the quota is shared. Without a quota there is room for everything.
class QuotaChange {
public:
  /// Waits for the quota's lock. Errors: intr with meter.stop set.
  static Expected<QuotaChange> begin(HostMeter& meter, Quota* quota);

  /// The size up to which a file of `size` bytes may grow.
  uint64_t largest(uint64_t size) const;
  /// Records a new size of a regular file.
  void resized(const struct stat& before, const struct stat& after);

  /// `target` is the length of a symbolic link's target.
  bool has_room_for_name(uint64_t target = 0) const;
  /// Records a new name. `made` is the file of the name, if it could be read. `is_new`: it is the first name
  /// of a new file.
  void name_added(const std::optional<struct stat>& made, bool is_new);
  /// Records a removed name. `before` was its file; its bytes are given back when no descriptor has it open.
  void name_gone(const struct stat& before);

  /// Records that a regular file below the directory was opened; quota_closing is called before it is closed.
  void opened(const struct stat& file);

  /// Releases the lock; nothing more can be entered.
  void end() noexcept;

private:
  QuotaChange() = default;
  QuotaBooks* books_ = nullptr;
  std::unique_lock<std::mutex> lock_;
};

/// Called before a file is closed that a quota has counted since QuotaChange::opened.
void quota_closing(Quota& quota, int fd) noexcept;

} // namespace skerry::wasi
