// The kernel's queue of changes in directories. Internal.
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <span>
#include <string_view>

namespace skerry::host {

/// Not thread-safe.
class InotifyQueue {
public:
  struct Event {
    int watch = -1;
    std::string_view
        name; ///< of the entry in the directory; empty: the directory itself. Valid during the call only
    bool written = false;  ///< content changed, the file is open for writing
    bool closed = false;   ///< a descriptor open for writing was closed
    bool replaced = false; ///< the name appeared, went away, or stands for something else
    bool gone = false;     ///< the directory was moved or removed
    bool overflow = false; ///< events were lost; concerns all watches
  };

  InotifyQueue() = default;
  ~InotifyQueue();
  InotifyQueue(const InotifyQueue&) = delete;
  InotifyQueue& operator=(const InotifyQueue&) = delete;

  /// False when the kernel has none, or no more, of them.
  bool open();
  bool is_open() const noexcept { return fd_ >= 0; }
  /// To poll for input; -1 when it is not open.
  int descriptor() const noexcept { return fd_; }

  /// Watches a directory's entries: their names, and with `content` writing too. The same directory has the
  /// same number, whatever its path. -1: cannot be watched.
  int add(const std::filesystem::path& directory, bool content);
  /// Drops the watches that are not among `used`.
  void keep_only(std::span<const int> used);
  /// Calls `handle` for all events that are there; does not wait.
  void take(const std::function<void(const Event&)>& handle);

private:
  int fd_ = -1;
  std::set<int> watches_;
};

} // namespace skerry::host
