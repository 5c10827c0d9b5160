// File watcher tests: which changes it reports, from kernel events and from polling.
#include "host/watch/file_watcher.hpp"

#include "tests/catch.hpp"
#include "tests/support/emulation.hpp"
#include "tests/support/temp_dir.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <vector>

using namespace skerry::host;
using skerry::test::posix_lacks;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr auto settle = 20ms;
constexpr auto longest = 20s; // a loaded machine may be slow; no test passes by waiting this long

/// Counts calls from another thread.
class Counter {
public:
  FileWatcher::Changed callback() {
    return [this] {
      const std::lock_guard lock(mutex_);
      ++count_;
      changed_.notify_all();
    };
  }
  bool reaches(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [&] { return count_ >= count; });
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

void put(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}
void put_by_rename(const fs::path& path, std::string_view text) {
  const fs::path other = path.string() + ".new";
  put(other, text);
  fs::rename(other, path);
}

/// Every test runs twice: with the kernel's events and without.
struct WatcherFixture {
  skerry::test::TempDir temp;
  Counter counter;
  const fs::path file = temp / "plugins" / "x.wasm";
  WatcherFixture() {
    fs::create_directory(temp / "plugins");
    put(file, "one");
  }
  static FileWatcher::Options options() {
    FileWatcher::Options options;
    options.use_directory_changes = GENERATE(true, false);
    options.poll_interval = 5ms;
    return options;
  }
};

/// The same watcher reports changes in the order in which they settle. So when this change is reported, all
/// earlier ones have been reported too, if they ever will be.
void let_pass(FileWatcher& watcher, const skerry::test::TempDir& temp) {
  Counter later;
  put(temp / "later", "1");
  const auto id = watcher.watch(temp / "later", settle * 3, later.callback());
  put(temp / "later", "22");
  REQUIRE(later.reaches(1));
  watcher.unwatch(id);
}

} // namespace

TEST_CASE_METHOD(WatcherFixture, "watcher: a file written in place, and once more") {
  FileWatcher watcher(options());
  watcher.watch(file, settle, counter.callback());
  put(file, "two, longer");
  CHECK(counter.reaches(1));
  put(file, "3");
  CHECK(counter.reaches(2));
}

TEST_CASE_METHOD(WatcherFixture, "watcher: a rename into place") {
  FileWatcher watcher(options());
  watcher.watch(file, settle, counter.callback());
  put_by_rename(file, "two");
  CHECK(counter.reaches(1));
  put_by_rename(file, "333");
  CHECK(counter.reaches(2));
}

TEST_CASE_METHOD(WatcherFixture, "watcher: an unchanged file is not reported") {
  FileWatcher watcher(options());
  watcher.watch(file, settle, counter.callback());
  put(temp / "plugins" / "y.wasm", "another");
  let_pass(watcher, temp);
  CHECK(counter.count() == 0);
}

TEST_CASE_METHOD(WatcherFixture, "watcher: many writes in a row are one change, reported after the last") {
  FileWatcher watcher(options());
  std::string seen;
  std::mutex mutex;
  watcher.watch(file, 300ms, [&] {
    const std::lock_guard lock(mutex);
    std::ifstream(file) >> seen;
    counter.callback()();
  });
  for (int i = 0; i < 20; ++i) put(file, std::string(static_cast<size_t>(i) + 5, 'x'));
  CHECK(counter.reaches(1));
  const std::lock_guard lock(mutex);
  CHECK(seen == std::string(24, 'x'));
}

TEST_CASE_METHOD(WatcherFixture, "watcher: a file is removed and created again") {
  FileWatcher watcher(options());
  watcher.watch(file, settle, counter.callback());
  fs::remove(file);
  CHECK(counter.reaches(1));
  let_pass(watcher, temp);
  CHECK(counter.count() == 1); // reported once
  put(file, "two");
  CHECK(counter.reaches(2));
}

TEST_CASE_METHOD(WatcherFixture, "watcher: a directory is removed and created again") {
  FileWatcher watcher(options());
  watcher.watch(file, settle, counter.callback());
  fs::remove_all(file.parent_path());
  let_pass(watcher, temp);
  fs::create_directory(file.parent_path());
  put(file, "two");
  CHECK(counter.reaches(1));
}

TEST_CASE_METHOD(WatcherFixture, "watcher: a directory is renamed, and another takes its place") {
  FileWatcher watcher(options());
  watcher.watch(file, settle, counter.callback());
  fs::create_directory(temp / "next");
  put(temp / "next" / "x.wasm", "two");
  fs::rename(temp / "plugins", temp / "old");
  fs::rename(temp / "next", temp / "plugins");
  CHECK(counter.reaches(1));
  put(file, "three"); // the new directory is watched now
  CHECK(counter.reaches(2));
}

TEST_CASE_METHOD(WatcherFixture, "watcher: a symbolic link in the path is swapped, as container mounts do") {
  for (const char* version : {"v1", "v2"}) {
    fs::create_directory(temp / version);
    put(temp / version / "x.wasm", version);
  }
  fs::create_symlink("v1", temp / "data");
  fs::create_symlink("data/x.wasm", temp / "link.wasm");
  FileWatcher watcher(options());
  watcher.watch(temp / "link.wasm", settle, counter.callback());
  fs::create_symlink("v2", temp / "data.new");
  fs::rename(temp / "data.new", temp / "data");
  CHECK(counter.reaches(1));
  put(temp / "v2" / "x.wasm", "in place");
  CHECK(counter.reaches(2));
}

TEST_CASE_METHOD(WatcherFixture,
                 "watcher: several users of one file, by paths that are spelled differently") {
  FileWatcher watcher(options());
  Counter other;
  watcher.watch(file, settle, counter.callback());
  watcher.watch(temp.path() / "plugins" / ".." / "." / "plugins" / "x.wasm", settle, other.callback());
  put(file, "two");
  CHECK(counter.reaches(1));
  CHECK(other.reaches(1));
}

TEST_CASE_METHOD(WatcherFixture, "watcher: a file is reported when its writer is done, not while it writes") {
  if (posix_lacks("does not report that a writer has closed a file")) return;
  FileWatcher watcher;
  if (!watcher.uses_directory_changes()) return; // only events distinguish an open file from a closed one
  watcher.watch(file, settle, counter.callback());
  const int fd = open(file.c_str(), O_WRONLY | O_TRUNC);
  REQUIRE(write(fd, "half", 4) == 4);
  let_pass(watcher, temp);
  CHECK(counter.count() == 0);
  REQUIRE(write(fd, "whole", 5) == 5);
  close(fd);
  CHECK(counter.reaches(1));
}

TEST_CASE_METHOD(WatcherFixture, "watcher: files that are no longer watched are not reported") {
  FileWatcher watcher(options());
  const auto id = watcher.watch(file, settle, counter.callback());
  watcher.unwatch(id);
  watcher.unwatch(id);
  put(file, "two");
  let_pass(watcher, temp);
  CHECK(counter.count() == 0);
}

TEST_CASE_METHOD(WatcherFixture, "watcher: a callback may watch and unwatch") {
  FileWatcher watcher(options());
  Counter next;
  FileWatcher::Id id = 0;
  std::mutex mutex;
  {
    const std::lock_guard lock(mutex);
    id = watcher.watch(file, settle, [&] {
      const std::lock_guard inner(mutex);
      watcher.unwatch(id);
      watcher.watch(file, settle, next.callback());
      counter.callback()();
    });
  }
  put(file, "two");
  REQUIRE(counter.reaches(1));
  put(file, "three");
  CHECK(next.reaches(1));
  CHECK(counter.count() == 1);
}

TEST_CASE_METHOD(WatcherFixture, "watcher: more changes than the kernel's queue holds") {
  FileWatcher watcher;
  std::mutex stop;
  std::unique_lock hold(stop);
  const auto blocker = temp / "blocker";
  put(blocker, "1");
  Counter blocked;
  watcher.watch(blocker, 0ms, [&] {
    blocked.callback()();
    const std::lock_guard wait(stop);
  });
  watcher.watch(file, settle, counter.callback());
  put(blocker, "22");
  REQUIRE(blocked.reaches(1));
  int queue_size = 16384;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queue_size;
  for (int i = 0; i < queue_size + 100; ++i) {
    // Alternating, because equal events in a row are merged.
    put(temp / "plugins" / (i % 2 == 0 ? "a" : "b"), "");
    if (i > 200'000) return; // the system's queue is too large to fill
  }
  put_by_rename(file, "two"); // its events are lost
  hold.unlock();
  CHECK(counter.reaches(1));
}

TEST_CASE_METHOD(WatcherFixture, "watcher: files that cannot be watched are reported and polled") {
  Counter troubles;
  FileWatcher::Options options;
  options.poll_interval = 5ms;
  options.on_trouble = [&](const std::string&) { troubles.callback()(); };
  FileWatcher watcher(options);
  // A file in place of a directory: there is nothing to watch.
  watcher.watch(file / "inner", settle, counter.callback());
  CHECK(troubles.reaches(1));
  fs::remove(file);
  fs::create_directory(file);
  put(file / "inner", "1");
  CHECK(counter.reaches(1));
}
