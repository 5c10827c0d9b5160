// The kernel's queue of directory changes (inotify). Internal.
#pragma once

#include "vm/platform/owned_fd.hpp"

#include <filesystem>
#include <functional>
#include <set>
#include <span>
#include <string_view>

namespace skerry::host {

/// An inotify instance and its watches. Not thread-safe.
class InotifyQueue {
public:
  struct Event {
    int watch = -1;
    std::string_view
        name; ///< the entry in the directory, or empty for the directory itself; valid only during the call
    bool written = false;  ///< the content changed and the file is still open for writing
    bool closed = false;   ///< a descriptor open for writing was closed
    bool replaced = false; ///< the name appeared, disappeared, or now leads to another file
    bool gone = false;     ///< the directory was moved or removed
    bool overflow = false; ///< events were lost, for any of the watches
  };

  InotifyQueue() = default;
  InotifyQueue(const InotifyQueue&) = delete;
  InotifyQueue& operator=(const InotifyQueue&) = delete;

  /// Returns false if the kernel does not support inotify or has no instance left.
  bool open();
  bool is_open() const noexcept { return fd_.is_open(); }
  /// The descriptor to poll for input; -1 if the queue is not open.
  int descriptor() const noexcept { return fd_.get(); }

  /// Watches a directory for entries that appear, disappear or are replaced and, with `content`, also for
  /// writes to the directory's files. Returns the number of the watch, or -1 if the directory cannot be
  /// watched. All paths to one directory get the same number.
  int add(const std::filesystem::path& directory, bool content);
  /// Removes all watches except those in `used`.
  void keep_only(std::span<const int> used);
  /// Calls `handle` for each queued event; does not wait for events.
  void take(const std::function<void(const Event&)>& handle);

private:
  OwnedFd fd_;
  std::set<int> watches_;
};

} // namespace skerry::host
