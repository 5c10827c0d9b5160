// Watches the files of each plugin, and reports changes by the plugin's name. Internal.
#pragma once

#include "host/support/mutex.hpp"
#include "host/watch/file_watcher.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace skerry::host {

/// The files of a plugin that are watched.
struct WatchedFiles {
  std::vector<std::filesystem::path> files;
  std::chrono::milliseconds settle{0};
  bool operator==(const WatchedFiles&) const = default;
};

/// Uses one file watcher for all plugins. The watcher's thread starts with the first watched file.
/// Thread-safe. The caller must not hold a lock that `changed` takes, because the functions of this class may
/// wait for a running `changed`.
class ReloadWatch {
public:
  /// Called on the watcher's thread, with the plugin's name.
  using Changed = std::function<void(const std::string& plugin)>;
  using Trouble = std::function<void(const std::string& text)>;
  ReloadWatch(Changed changed, Trouble trouble)
      : changed_(std::move(changed)), trouble_(std::move(trouble)) {}

  /// Watches `files` for this plugin, instead of the files that were watched for it before. If `files` is
  /// empty, the plugin is no longer watched. Does nothing after `stop`.
  void follow(const std::string& plugin, WatchedFiles files);
  /// Stops watching, and waits for a running `changed`.
  void stop();

private:
  struct Followed {
    WatchedFiles files;
    FileWatcher::Id id = 0;
  };
  const Changed changed_;
  const Trouble trouble_;
  Mutex mutex_;
  std::map<std::string, Followed> followed_ SKERRY_GUARDED_BY(mutex_);
  std::unique_ptr<FileWatcher> watcher_ SKERRY_GUARDED_BY(mutex_);
  bool stopped_ SKERRY_GUARDED_BY(mutex_) = false;
};

} // namespace skerry::host
