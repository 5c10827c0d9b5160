// QuotaChange: one change of the file system below a directory that may have a quota.
#pragma once

#include "skerry/host_meter.hpp"
#include "skerry/wasi/quota.hpp"
#include "wasi/platform/file_status.hpp"
#include "wasi/types.hpp"

#include <cstdint>
#include <mutex>
#include <optional>

namespace skerry::wasi {

/// Returns how many bytes the target of a symbolic link counts, in addition to Quota::name_bytes for the
/// link's name. `length` is the length of the target.
uint64_t target_price(uint64_t length);

/// Begin a QuotaChange before each change of the file system, and record the change in it afterwards. A
/// QuotaChange holds the quota's lock during its lifetime, so that the counts match the file system even if
/// other contexts share the quota. If there is no quota, there is always room and nothing is recorded.
class QuotaChange {
public:
  /// Waits for the quota's lock. Errors: intr with meter.stop set.
  static Expected<QuotaChange> begin(HostMeter& meter, Quota* quota);

  /// Returns the size up to which a file of `size` bytes may grow.
  uint64_t largest(uint64_t size) const;
  /// Records a new size of a regular file.
  void resized(const platform::FileStatus& before, const platform::FileStatus& after);

  /// Returns whether a name can be added. For a symbolic link, `target` is the length of its target.
  bool has_room_for_name(uint64_t target = 0) const;
  /// Records a new name. `made` is the status of the name's file; nothing if the status could not be read.
  /// `is_new` says that this is the first name of a new file.
  void name_added(const std::optional<platform::FileStatus>& made, bool is_new);
  /// Records a removed name. `before` is the status of the name's file before the removal. If this was the
  /// file's last name, its bytes are given back as soon as no program has the file open.
  void name_gone(const platform::FileStatus& before);

  /// Records that a program opened a regular file below the directory. quota_closing must be called before
  /// the file is closed.
  void opened(const platform::FileStatus& file);

  /// Releases the lock. Nothing can be recorded after that.
  void end() noexcept;

private:
  QuotaChange() = default;
  QuotaBooks* books_ = nullptr;
  std::unique_lock<std::mutex> lock_;
};

/// Records that a file is about to be closed. Call it once for each QuotaChange::opened.
void quota_closing(Quota& quota, int fd) noexcept;

} // namespace skerry::wasi
