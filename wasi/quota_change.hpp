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

/// What a symbolic link costs beyond Quota::name_bytes.
uint64_t target_price(uint64_t length);

/// Holds the books from before a change of the file system until it is entered, so that what is counted is
/// what happened, whoever else shares the quota. Without a quota there is room for everything.
class QuotaChange {
public:
  /// Waits for the books, when somebody else has them. Errors: intr with meter.stop set.
  static Expected<QuotaChange> begin(HostMeter& meter, Quota* quota);

  /// The size up to which a file of `size` bytes may grow.
  uint64_t largest(uint64_t size) const;
  /// A regular file's size has changed.
  void resized(const struct stat& before, const struct stat& after);

  /// `target` is the length of a symbolic link's target.
  bool has_room_for_name(uint64_t target = 0) const;
  /// `made` is what the name means, if that could be seen. `is_new`: it is the first name of something just
  /// made.
  void name_added(const std::optional<struct stat>& made, bool is_new);
  /// `before` is what the name meant; its bytes come back when nobody has it open.
  void name_gone(const struct stat& before);

  /// A regular file below the directory was opened; quota_closing is told before it is closed.
  void opened(const struct stat& file);

  /// Gives the books back; nothing more can be entered.
  void end() noexcept;

private:
  QuotaChange() = default;
  QuotaBooks* books_ = nullptr;
  std::unique_lock<std::mutex> lock_;
};

/// Counted by a quota since QuotaChange::opened, and about to be closed.
void quota_closing(Quota& quota, int fd) noexcept;

} // namespace skerry::wasi
