// Tells when files have changed and been left alone since. Internal.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace skerry::host {

/// Watches files by the directories that lead to them, so that it sees a file written in place, a rename into
/// place, a symbolic link anywhere on the way that is swapped, and a file or directory that goes away and
/// comes back. One thread of its own, which sleeps while nothing happens. All functions are thread-safe.
class FileWatcher {
public:
  struct Options {
    bool use_inotify = true; ///< false: look at the files every poll_interval
    /// Also for files whose directories cannot be watched (no permission, limit of the kernel reached).
    std::chrono::milliseconds poll_interval{500};
    /// Told what the watcher cannot do, one line each; called like `Changed`.
    std::function<void(const std::string&)> on_trouble;
  };
  /// Called on the watcher's thread, never twice at a time, with no lock held: may watch and unwatch. Hand
  /// longer work to another thread: it delays all other reports.
  using Changed = std::function<void()>;
  using Id = uint64_t;

  FileWatcher();
  explicit FileWatcher(Options options);
  /// Ends the thread; waits for a callback that runs.
  ~FileWatcher();
  FileWatcher(const FileWatcher&) = delete;
  FileWatcher& operator=(const FileWatcher&) = delete;

  /// Calls `changed` when the file is another one, or has other content or times, than at the last call (at
  /// first: than now), once it has been like that for `settle` and nobody is seen writing to it. A file that
  /// is gone is waited for. A change between a reading of the file and this call is not noticed: watch first,
  /// then read.
  Id watch(const std::filesystem::path& file, std::chrono::milliseconds settle, Changed changed) {
    return watch(std::vector{file}, settle, std::move(changed));
  }
  /// The same for files that belong together: once for all changes of any of them, when all have been left
  /// alone.
  Id watch(const std::vector<std::filesystem::path>& files, std::chrono::milliseconds settle,
           Changed changed);
  /// Afterwards the callback does not run (called from that callback itself: will not run again). An unknown
  /// id is ignored.
  void unwatch(Id id);

  /// Whether the kernel tells of changes; otherwise they are looked for every poll_interval.
  bool uses_inotify() const noexcept;

private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host
