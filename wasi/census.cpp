#include "wasi/census.hpp"

#include "wasi/host_fd.hpp"
#include "wasi/path_text.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace skerry::wasi {

namespace {

constexpr int entries_between_looks = 64;

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// A directory between the root and the current directory of the walk, and the subdirectories in it that the
// walk has not visited yet.
struct Level {
  dev_t device = 0;
  ino_t inode = 0;
  std::vector<std::string> directories;
};

// Walks through all directories below the root, one after the other. Only the current directory is open;
// while the walk moves to another directory, both are open. The walk goes back up through "..", and checks
// that ".." leads to the directory from which the walk came down.
class Census {
public:
  Census(const std::function<void(const struct stat&)>& found, const std::function<Result<void>()>& look)
      : found_(found), look_(look) {}

  Result<void> run(const std::string& root) {
    const int fd = ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failure(errno);
    here_ = HostFd::owned(fd);
    if (auto entered = enter(); !entered) return entered;
    while (!levels_.empty()) {
      auto moved = levels_.back().directories.empty() ? up() : down();
      if (!moved) return moved;
    }
    return {};
  }

private:
  static Unexpected<Error> failure(int error) {
    return fail(Error(ErrorKind::io, ErrorCode::none, std::strerror(error)));
  }
  static Unexpected<Error> moved_away() {
    return fail(Error(ErrorKind::io, ErrorCode::none, "one of its directories was moved during the count"));
  }

  Result<void> down() {
    auto& directories = levels_.back().directories;
    const std::string name = std::move(directories.back());
    directories.pop_back();
    const int fd = ::openat(here_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
      return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? Result<void>() : failure(errno);
    here_ = HostFd::owned(fd);
    return enter();
  }

  Result<void> up() {
    levels_.pop_back();
    if (levels_.empty()) return {};
    const int fd = ::openat(here_.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failure(errno);
    here_ = HostFd::owned(fd);
    struct stat status{};
    if (::fstat(fd, &status) != 0) return failure(errno);
    const Level& expected = levels_.back();
    return status.st_dev == expected.device && status.st_ino == expected.inode ? Result<void>()
                                                                               : moved_away();
  }

  // Reads the walk's current directory.
  Result<void> enter() {
    struct stat status{};
    if (::fstat(here_.get(), &status) != 0) return failure(errno);
    levels_.push_back({status.st_dev, status.st_ino, {}});
    const int fd = ::openat(here_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failure(errno);
    Directory listing(::fdopendir(fd));
    if (!listing) {
      const int why = errno; // because close may change errno
      ::close(fd);
      return failure(why);
    }
    while (const dirent* entry = ::readdir(listing.get())) {
      if (auto looked = look(); !looked) return looked;
      if (!is_dots(entry->d_name)) add(entry->d_name);
    }
    return look();
  }

  void add(const char* name) {
    struct stat status{};
    if (::fstatat(here_.get(), name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    found_(status);
    if (S_ISDIR(status.st_mode)) levels_.back().directories.emplace_back(name);
  }

  Result<void> look() {
    if (++since_look_ < entries_between_looks || !look_) return {};
    since_look_ = 0;
    return look_();
  }

  const std::function<void(const struct stat&)>& found_;
  const std::function<Result<void>()>& look_;
  HostFd here_;
  std::vector<Level> levels_;
  int since_look_ = 0;
};

} // namespace

Result<void> take_census(const std::string& directory, const std::function<void(const struct stat&)>& found,
                         const std::function<Result<void>()>& look) {
  return Census(found, look).run(directory);
}

} // namespace skerry::wasi
