#include "wasi/census.hpp"

#include "wasi/path_text.hpp"
#include "wasi/platform/entries.hpp"
#include "wasi/platform/errno_message.hpp"
#include "wasi/platform/open.hpp"

#include <span>
#include <utility>
#include <vector>

namespace skerry::wasi {

namespace {

constexpr int entries_between_looks = 64;

// A directory on the way from the root to the current directory of the walk, both included, and those of
// its subdirectories that the walk has not visited yet.
struct Level {
  uint64_t device = 0;
  uint64_t inode = 0;
  std::vector<std::string> directories;
};

// Walks through all directories below the root, one after the other. Only the current directory is open;
// while the walk moves to another directory, both are open. The walk goes back up through "..", and checks
// that ".." leads to the directory from which the walk came down.
class Census {
public:
  Census(const std::function<void(const platform::FileStatus&)>& found,
         const std::function<Result<void>()>& look)
      : found_(found), look_(look) {}

  Result<void> run(const std::string& root) {
    if (auto opened = enter(platform::open_directory(root)); !opened) return opened;
    while (!levels_.empty()) {
      auto moved = levels_.back().directories.empty() ? up() : down();
      if (!moved) return moved;
    }
    return {};
  }

private:
  static constexpr platform::OpenHow listing{.read = true, .directory = true};

  static Unexpected<Error> failure(Errno error) {
    return fail(Error(ErrorKind::io, ErrorCode::none, platform::message_of(error)));
  }
  static Unexpected<Error> moved_away() {
    return fail(Error(ErrorKind::io, ErrorCode::none, "one of its directories was moved during the count"));
  }

  Result<void> down() {
    auto& directories = levels_.back().directories;
    const std::string name = std::move(directories.back());
    directories.pop_back();
    auto opened = platform::open_at(here_.get(), name, listing);
    if (opened) return enter(std::move(opened));
    const Errno error = opened.error();
    const bool is_gone = error == Errno::noent || error == Errno::notdir || error == Errno::loop;
    return is_gone ? Result<void>() : failure(error);
  }

  Result<void> up() {
    levels_.pop_back();
    if (levels_.empty()) return {};
    auto parent = platform::open_at(here_.get(), "..", listing);
    if (!parent) return failure(parent.error());
    here_ = std::move(*parent);
    const auto status = platform::status(here_.get());
    if (!status) return failure(status.error());
    const Level& expected = levels_.back();
    return status->device == expected.device && status->inode == expected.inode ? Result<void>()
                                                                                : moved_away();
  }

  // Makes a directory the walk's current one, and reads it.
  Result<void> enter(Expected<OwnedFd> directory) {
    if (!directory) return failure(directory.error());
    here_ = std::move(*directory);
    const auto status = platform::status(here_.get());
    if (!status) return failure(status.error());
    levels_.push_back({status->device, status->inode, {}});
    std::vector<std::byte> entries;
    for (uint64_t position = 0;;) {
      entries.clear();
      const Errno error = platform::append_entries(here_.get(), position, entries);
      if (error != Errno::success) return failure(error);
      if (entries.empty()) return look();
      if (auto added = add_all(entries, position); !added) return added;
    }
  }

  // Visits `entries`, and sets `position` to the position of the entry that follows them in the directory.
  Result<void> add_all(std::span<const std::byte> entries, uint64_t& position) {
    while (!entries.empty()) {
      if (auto looked = look(); !looked) return looked;
      const platform::Entry entry = platform::first_entry(entries);
      if (!is_dots(entry.name)) add(std::string(entry.name));
      position = entry.position;
      entries = entries.subspan(entry.length);
    }
    return {};
  }

  void add(const std::string& name) {
    const auto status = platform::status_at(here_.get(), name);
    if (!status) return;
    found_(*status);
    if (status->is_directory()) levels_.back().directories.push_back(name);
  }

  Result<void> look() {
    if (++since_look_ < entries_between_looks || !look_) return {};
    since_look_ = 0;
    return look_();
  }

  const std::function<void(const platform::FileStatus&)>& found_;
  const std::function<Result<void>()>& look_;
  OwnedFd here_;
  std::vector<Level> levels_;
  int since_look_ = 0;
};

} // namespace

Result<void> take_census(const std::string& directory,
                         const std::function<void(const platform::FileStatus&)>& found,
                         const std::function<Result<void>()>& look) {
  return Census(found, look).run(directory);
}

} // namespace skerry::wasi
