// Reports when files have changed and then stayed unchanged for a while. Internal.
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
    bool use_inotify = true; ///< if false, all files are polled
    /// How often files are polled. With inotify, this concerns only files whose directories cannot be watched
    /// (no permission, or the kernel's limit is reached).
    std::chrono::milliseconds poll_interval{500};
    /// Receives a line for each thing that the watcher cannot do; called like `Changed`.
    std::function<void(const std::string&)> on_trouble;
  };
  /// Called on the watcher's thread, one call at a time, with no lock held, so it may call watch and unwatch.
  /// Longer work belongs on another thread, because it delays all other reports.
  using Changed = std::function<void()>;
  using Id = uint64_t;

  FileWatcher();
  explicit FileWatcher(Options options);
  /// Stops the thread, and waits for a callback that is running.
  ~FileWatcher();
  FileWatcher(const FileWatcher&) = delete;
  FileWatcher& operator=(const FileWatcher&) = delete;

  /// Calls `changed` when the path leads to another file, or the file's content or times differ from those at
  /// the previous call (before the first call: from those now). Calls it only after the file has stayed the
  /// same for `settle` and no writer is seen. While the file is missing, waits for it to return. A change
  /// between reading the file and calling `watch` is not noticed, so watch first and then read.
  Id watch(const std::filesystem::path& file, std::chrono::milliseconds settle, Changed changed) {
    return watch(std::vector{file}, settle, std::move(changed));
  }
  /// The same for files that belong together: one call for all changes, after all files have settled.
  Id watch(const std::vector<std::filesystem::path>& files, std::chrono::milliseconds settle,
           Changed changed);
  /// Stops watching. After it returns, the callback does not run; if it is called from that callback, the
  /// callback does not run again. Unknown ids are ignored.
  void unwatch(Id id);

  /// True if the kernel reports changes; false if all files are polled.
  bool uses_inotify() const noexcept;

private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host
