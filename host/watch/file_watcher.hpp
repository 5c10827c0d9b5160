// FileWatcher: reports that files have changed, after they have stayed unchanged for a while. Internal.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace skerry::host {

/// Watches files through the directories that lead to them. It notices files written in place, renames into
/// place, symbolic links replaced anywhere in the path, and files or directories that disappear and return.
/// Uses one thread, which sleeps while nothing changes. All functions are thread-safe.
class FileWatcher {
public:
  struct Options {
    bool use_directory_changes = true; ///< if false, all files are polled
    /// The time between two polls of a file. If the system reports changes of directories, files are polled
    /// only if their directories cannot be watched, because of missing permissions or the system's limit.
    std::chrono::milliseconds poll_interval{500};
    /// Receives a line of text if the system does not report changes of directories, or if a file can only
    /// be polled. Like `Changed`, this function is called on the watcher's thread with no lock held.
    std::function<void(const std::string&)> on_trouble;
  };
  /// Called on the watcher's thread, one call at a time. No lock is held, so the callback may call watch
  /// and unwatch. The callback must return soon, because it delays all other reports.
  using Changed = std::function<void()>;
  using Id = uint64_t;

  FileWatcher();
  explicit FileWatcher(Options options);
  /// Stops the thread, and waits for a callback that is running.
  ~FileWatcher();
  FileWatcher(const FileWatcher&) = delete;
  FileWatcher& operator=(const FileWatcher&) = delete;

  /// Calls `changed` when the path leads to another file or to none, or when the file's size or times have
  /// changed since the previous report (or since this call of `watch`, if there was no report). A change is
  /// reported only after the file has stayed the same for `settle` and no process is seen writing to it. A
  /// change between reading a file and calling `watch` is not noticed, so callers should call `watch` before
  /// they read the file.
  Id watch(const std::filesystem::path& file, std::chrono::milliseconds settle, Changed changed) {
    return watch(std::vector{file}, settle, std::move(changed));
  }
  /// Watches several files that belong together. When some of them change, `changed` is called after all of
  /// them have stayed the same for `settle`: one call for all these changes together.
  Id watch(const std::vector<std::filesystem::path>& files, std::chrono::milliseconds settle,
           Changed changed);
  /// Stops the watch `id`, and waits until a running callback of this watch has returned. When called from
  /// a callback, does not wait. The callback of the stopped watch is never called again. Unknown ids are
  /// ignored.
  void unwatch(Id id);

  /// True if the system reports changes of directories; false if all files are polled.
  bool uses_directory_changes() const noexcept;

private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host
