#include "host/watch/reload_watch.hpp"

#include "skerry/out_of_memory.hpp"

#include <new>

namespace skerry::host {

void ReloadWatch::follow(const std::string& plugin, WatchedFiles files) {
  const Lock lock(mutex_);
  if (stopped_) return;
  auto found = followed_.find(plugin);
  if (found != followed_.end() && found->second.files == files) return;
  if (found != followed_.end()) {
    watcher_->unwatch(found->second.id);
    followed_.erase(found);
  }
  if (files.files.empty()) return;
  if (!watcher_) {
    FileWatcher::Options options;
    options.on_trouble = trouble_;
    watcher_ = std::make_unique<FileWatcher>(std::move(options));
  }
  const auto added = followed_.try_emplace(plugin).first;
  const auto watch = [&] {
    mutex_.is_held();
    added->second.id = watcher_->watch(files.files, files.settle, [this, plugin] { changed_(plugin); });
    added->second.files = std::move(files);
  };
  unless_out_of_memory(watch, [&] {
    mutex_.is_held();
    followed_.erase(added);
    throw std::bad_alloc();
  });
}

void ReloadWatch::stop() {
  std::unique_ptr<FileWatcher> watcher; // destroyed after the unlock: its thread may be in `changed`
  const Lock lock(mutex_);
  stopped_ = true;
  followed_.clear();
  watcher.swap(watcher_);
}

} // namespace skerry::host
