#include "host/watch/file_watcher.hpp"

#include "host/platform/directory_changes.hpp"
#include "host/platform/file_identity.hpp"
#include "host/support/mutex.hpp"
#include "host/support/out_of_memory.hpp"
#include "host/watch/watch_path.hpp"

#include <algorithm>
#include <map>
#include <new>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace skerry::host {

namespace {

using Clock = std::chrono::steady_clock;
using platform::DirectoryChanges;
using platform::FileIdentity;

struct WatchedFile {
  std::filesystem::path path;
  std::vector<PathStep> steps; // path_steps(path) at the last registration
  std::vector<int> watches;    // one per step; -1: cannot be watched
  FileIdentity reported;       // the file at the last report
  FileIdentity last;           // the file when it was last examined
  bool being_written = false;
  bool was_polled = false; // on_trouble has received a line about this file

  bool is_polled() const { return std::ranges::find(watches, -1) != watches.end(); }
  bool is_concerned(int watch, std::string_view name) const {
    for (size_t i = 0; i < watches.size(); ++i) {
      if (watches[i] == watch && (name.empty() || steps[i].name == name)) return true;
    }
    return false;
  }
  bool is_last_step(int watch, std::string_view name) const {
    return !watches.empty() && watches.back() == watch && steps.back().name == name;
  }
};

/// Files that belong together and are reported together.
struct WatchedGroup {
  std::vector<WatchedFile> files;
  std::chrono::milliseconds settle{0};
  FileWatcher::Changed changed;
  std::optional<Clock::time_point> due; // the end of the settle time, if one is running

  bool being_written() const { return std::ranges::any_of(files, &WatchedFile::being_written); }
};

} // namespace

class FileWatcher::Impl {
public:
  explicit Impl(Options options) : options_(std::move(options)) {
    if (options_.use_directory_changes && !queue_.open())
      trouble("the system does not report changes of directories, so all files are polled");
    thread_ = start_thread([this] { run(); });
  }

  ~Impl() {
    {
      const Lock lock(mutex_);
      stopping_ = true;
    }
    queue_.wake();
    thread_.join();
  }

  Id watch(const std::vector<std::filesystem::path>& paths, std::chrono::milliseconds settle,
           Changed changed) {
    const Lock lock(mutex_);
    const Id id = ++last_id_;
    WatchedGroup& group = groups_[id];
    const auto fill = [&] {
      mutex_.is_held();
      group.settle = settle;
      group.changed = std::move(changed);
      group.files.resize(paths.size());
      for (size_t i = 0; i < paths.size(); ++i) {
        WatchedFile& file = group.files[i];
        file.path = paths[i];
        register_steps(file);
        file.reported = file.last = platform::file_identity(file.path);
      }
    };
    unless_out_of_memory(fill, [&] {
      mutex_.is_held();
      groups_.erase(id);
      throw std::bad_alloc();
    });
    queue_.wake(); // the set of polled files may have changed
    return id;
  }

  void unwatch(Id id) noexcept {
    Lock lock(mutex_);
    groups_.erase(id);
    drop_unused_watches();
    if (std::this_thread::get_id() == thread_.get_id()) return;
    while (running_ == id) idle_.wait(lock);
  }

  bool uses_directory_changes() const noexcept { return queue_.is_open(); }

private:
  void trouble(const std::string& text) SKERRY_REQUIRES(mutex_) {
    if (options_.on_trouble) troubles_.push_back(text);
  }

  // --- the thread

  /// The main function of the thread. If memory runs out, all files are examined again at the next poll.
  void run() {
    while (wait()) {
      unless_out_of_memory([&] { look(); },
                           [&] {
                             const Lock lock(mutex_);
                             has_missed_ = true;
                             next_poll_ = Clock::now() + options_.poll_interval;
                           });
    }
  }

  void look() {
    look_at_events();
    const auto now = Clock::now();
    poll_files(now);
    for (const Id id : due_files(now)) call_changed(id);
    tell_troubles();
  }

  /// Waits for an event or the next time at which a poll or a report is due. Returns false when the watcher
  /// is being destroyed.
  bool wait() {
    std::optional<std::chrono::milliseconds> time;
    {
      const Lock lock(mutex_);
      if (stopping_) return false;
      time = time_to_wait();
    }
    queue_.wait(time);
    const Lock lock(mutex_);
    return !stopping_;
  }

  /// Returns the time until the next poll or report is due; nothing if no poll or report is scheduled.
  std::optional<std::chrono::milliseconds> time_to_wait() const SKERRY_REQUIRES(mutex_) {
    std::optional<Clock::time_point> next;
    for (const auto& [id, group] : groups_) {
      // While a file of the group is being written, no timer is needed: the end of the write wakes the
      // thread.
      if (group.due && !group.being_written() && (!next || *group.due < *next)) next = group.due;
      if (is_polled(group) && (!next || next_poll_ < *next)) next = next_poll_;
    }
    if (!troubles_.empty() && !has_missed_) return std::chrono::milliseconds(0);
    if (has_missed_) next = next_poll_;
    if (!next) return std::nullopt;
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now()),
                    std::chrono::milliseconds(0));
  }

  bool is_polled(const WatchedFile& file) const { return !queue_.is_open() || file.is_polled(); }
  bool is_polled(const WatchedGroup& group) const {
    return std::ranges::any_of(group.files, [&](const WatchedFile& file) { return is_polled(file); });
  }

  void look_at_events() {
    const Lock lock(mutex_);
    const auto now = Clock::now();
    queue_.take([&](const DirectoryChanges::Event& event) {
      mutex_.is_held();
      for (auto& [id, group] : groups_)
        for (WatchedFile& file : group.files) apply(event, group, file, now);
    });
  }

  void apply(const DirectoryChanges::Event& event, WatchedGroup& group, WatchedFile& file,
             Clock::time_point now) SKERRY_REQUIRES(mutex_) {
    if (!event.overflow && !file.is_concerned(event.watch, event.name)) return;
    if (event.overflow) {
      file.being_written = false; // the end of the write may be among the lost events
    } else if (file.is_last_step(event.watch, event.name)) {
      if (event.written) file.being_written = true;
      if (event.closed || event.replaced) file.being_written = false;
    }
    if (event.overflow || event.replaced || event.gone) register_steps(file);
    look_at(group, file, now, event.written || event.closed);
  }

  /// Examines a file. If the file has changed since its last examination, starts the group's settle time, or
  /// starts it again. If the file was only written (`touched`) without such a change, restarts a settle time
  /// that is running, but does not start one.
  static void look_at(WatchedGroup& group, WatchedFile& file, Clock::time_point now, bool touched) {
    const FileIdentity identity = platform::file_identity(file.path);
    if (identity == file.last && !(touched && group.due)) return;
    file.last = identity;
    group.due = now + group.settle;
  }

  void poll_files(Clock::time_point now) {
    const Lock lock(mutex_);
    if (now < next_poll_) return;
    next_poll_ = now + options_.poll_interval;
    const bool all = std::exchange(has_missed_, false);
    for (auto& [id, group] : groups_) {
      for (WatchedFile& file : group.files) {
        if (all) file.being_written = false; // the end of the write may have been missed
        if (!all && !is_polled(file)) continue;
        register_steps(file); // its directories may be watchable now
        look_at(group, file, now, false);
      }
    }
  }

  std::vector<Id> due_files(Clock::time_point now) {
    const Lock lock(mutex_);
    std::vector<Id> due;
    due.reserve(groups_.size()); // first, because a push_back that fails would lose a taken change
    for (auto& [id, group] : groups_) {
      if (!group.due || *group.due > now || group.being_written()) continue;
      group.due.reset();
      for (WatchedFile& file : group.files) look_at(group, file, now, false);
      if (!group.due && take_change(group)) due.push_back(id);
    }
    return due;
  }

  /// Returns true if a file of the group has changed, appeared or disappeared since the last report, and
  /// marks the changes as reported.
  static bool take_change(WatchedGroup& group) {
    const bool changed =
        std::ranges::any_of(group.files, [](const WatchedFile& file) { return file.last != file.reported; });
    for (WatchedFile& file : group.files) file.reported = file.last;
    return changed;
  }

  void call_changed(Id id) {
    Changed changed;
    {
      const Lock lock(mutex_);
      const auto found = groups_.find(id);
      if (found == groups_.end()) return;
      changed = copy_changed(found->second);
      if (!changed) return;
      running_ = id;
    }
    const bool told = unless_out_of_memory(
        [&] {
          changed();
          return true;
        },
        [] { return false; });
    {
      const Lock lock(mutex_);
      running_ = 0;
      if (const auto found = groups_.find(id); !told && found != groups_.end()) tell_again(found->second);
    }
    idle_.notify_all();
  }

  /// Returns a copy of the group's callback. If there is no memory for a copy, schedules another report and
  /// returns an empty callback.
  Changed copy_changed(WatchedGroup& group) const noexcept {
    return unless_out_of_memory([&] { return group.changed; },
                                [&] {
                                  tell_again(group);
                                  return Changed();
                                });
  }

  /// Marks the change as not reported, and schedules another report.
  void tell_again(WatchedGroup& group) const noexcept {
    for (WatchedFile& file : group.files) file.reported = {};
    group.due = Clock::now() + std::max<Clock::duration>(group.settle, options_.poll_interval);
  }

  void tell_troubles() {
    std::vector<std::string> troubles;
    {
      const Lock lock(mutex_);
      troubles.swap(troubles_);
    }
    for (const std::string& text : troubles) options_.on_trouble(text);
  }

  // --- directories

  /// Watches the directories that lead to a file. A symbolic link may be replaced after the link was read and
  /// before its directory is watched. The path is therefore resolved again until the result stays the same,
  /// at most 8 times.
  void register_steps(WatchedFile& file) SKERRY_REQUIRES(mutex_) {
    if (!queue_.is_open()) return;
    constexpr int most_rounds = 8;
    for (int round = 0; round < most_rounds; ++round) {
      auto steps = path_steps(file.path);
      if (round > 0 && steps == file.steps) break;
      file.steps = std::move(steps);
      file.watches.clear();
      for (const PathStep& step : file.steps) {
        const bool is_last = &step == &file.steps.back();
        file.watches.push_back(queue_.add(step.directory, is_last));
      }
    }
    if (file.is_polled() && !file.was_polled)
      trouble(file.path.string() + ": not all of its directories can be watched, so it is polled");
    file.was_polled = file.is_polled();
    drop_unused_watches();
  }

  /// Drops watches that no file uses. If memory runs out, the unused watches stay until the next call.
  void drop_unused_watches() noexcept SKERRY_REQUIRES(mutex_) {
    const auto drop = [&] {
      mutex_.is_held();
      std::vector<int> used;
      for (const auto& [id, group] : groups_)
        for (const WatchedFile& file : group.files)
          used.insert(used.end(), file.watches.begin(), file.watches.end());
      queue_.keep_only(used);
    };
    unless_out_of_memory(drop, [] {});
  }

  const Options options_;
  mutable Mutex mutex_;
  Condition idle_;
  DirectoryChanges queue_; // opened before the thread starts; its watches change only with the mutex held
  std::map<Id, WatchedGroup> groups_ SKERRY_GUARDED_BY(mutex_);
  Id last_id_ SKERRY_GUARDED_BY(mutex_) = 0;
  Id running_ SKERRY_GUARDED_BY(mutex_) = 0; // the group whose callback is running
  Clock::time_point next_poll_ SKERRY_GUARDED_BY(mutex_) = {};
  std::vector<std::string> troubles_ SKERRY_GUARDED_BY(mutex_);
  /// True if memory ran out, so that events may have been missed: all files must be examined.
  bool has_missed_ SKERRY_GUARDED_BY(mutex_) = false;
  bool stopping_ SKERRY_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

FileWatcher::FileWatcher() : FileWatcher(Options{}) {}
FileWatcher::FileWatcher(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
FileWatcher::~FileWatcher() = default;

FileWatcher::Id FileWatcher::watch(const std::vector<std::filesystem::path>& files,
                                   std::chrono::milliseconds settle, Changed changed) {
  return impl_->watch(files, settle, std::move(changed));
}
void FileWatcher::unwatch(Id id) { impl_->unwatch(id); }
bool FileWatcher::uses_directory_changes() const noexcept { return impl_->uses_directory_changes(); }

} // namespace skerry::host
