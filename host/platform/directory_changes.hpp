// DirectoryChanges: the system's queue of changes of directories, for which one thread waits. Internal.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace skerry::platform {

/// Watches directories, for one thread that waits for changes. `wake` and `is_open` are thread-safe. Calls
/// of `add`, `keep_only` and `take` must not overlap, so the caller needs a lock for them; `wait` needs no
/// lock.
class DirectoryChanges {
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

  /// Makes a queue that reports nothing until `open` is called. Even before that, `wait` and `wake` work.
  /// Throws std::bad_alloc if memory runs out.
  DirectoryChanges();
  ~DirectoryChanges();
  DirectoryChanges(const DirectoryChanges&) = delete;
  DirectoryChanges& operator=(const DirectoryChanges&) = delete;

  /// Makes the queue report changes. Returns false if the system cannot report changes or has no queue
  /// left; then no directory can be watched. Must not be called while another thread uses the queue.
  bool open();
  bool is_open() const noexcept;

  /// Watches a directory for entries that appear, disappear or are replaced and, with `content`, also for
  /// writes to the directory's files. Returns the number of the watch, or -1 if the directory cannot be
  /// watched. All paths to one directory get the same number.
  int add(const std::filesystem::path& directory, bool content);
  /// Removes all watches except those in `used`.
  void keep_only(std::span<const int> used);
  /// Calls `handle` for each queued event; does not wait for events.
  void take(const std::function<void(const Event&)>& handle);

  /// Waits until an event is queued, until `wake` is called, or until `time` has passed; without a `time`,
  /// waits without a limit. May return earlier. Returns at once if `wake` was called since the previous
  /// wait.
  void wait(std::optional<std::chrono::milliseconds> time) noexcept;
  /// Ends the `wait` that is running. If none is running, the next `wait` returns at once.
  void wake() noexcept;

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace skerry::platform
