#include "wasi/path_resolver.hpp"

#include "wasi/os_errno.hpp"
#include "wasi/path_text.hpp"
#include "wasi/prices.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::wasi {

namespace {

constexpr int max_links = 40; // the limit of Linux
// The largest number of directories that a walk holds open at once, so that ".." can return to them. This
// also limits the depth that a path may reach.
constexpr size_t max_depth = 256;
// How many names a walk may look up, including those of links.
constexpr int max_steps = 2048;
// openat2 fails if another process renames a directory while openat2 resolves a "..". After this many
// failures, a Walk resolves the path instead, because a Walk never fails in this way. The number also limits
// how often PathResolver::open tries again after another process has replaced a file by a link.
constexpr int max_tries = 32;
constexpr int directory_flags = O_PATH | O_DIRECTORY | O_CLOEXEC;

long openat2_once(int base, const char* path, int flags, mode_t mode) {
  struct open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  return ::syscall(SYS_openat2, base, path, &how, sizeof how);
}

// Opens a path with openat2. Returns nothing if the path contains a link, or if another process changed the
// tree at every try. The walk must then resolve the path.
std::optional<Expected<HostFd>> open_beneath(int base, const std::string& path, int flags, mode_t mode) {
  for (int i = 0; i < max_tries; ++i) {
    const long fd = openat2_once(base, path.c_str(), flags, mode);
    if (fd >= 0) return HostFd::owned(static_cast<int>(fd));
    if (errno == ELOOP) return std::nullopt;
    if (errno == EXDEV) return refuse(Errno::perm);
    if (errno != EAGAIN && errno != EINTR) return refuse(last_os_errno());
  }
  return std::nullopt;
}

// The names that the walk has not visited yet. The next name is the last one in the list.
class Pending {
public:
  void push(std::string_view path) {
    const size_t first = names_.size();
    for (size_t at = 0; at < path.size();) {
      const size_t end = std::min(path.find('/', at), path.size());
      if (end > at) names_.emplace_back(path.substr(at, end - at));
      at = end + 1;
    }
    std::reverse(names_.begin() + static_cast<std::ptrdiff_t>(first), names_.end());
  }
  bool empty() const { return names_.empty(); }
  std::string pop() {
    std::string name = std::move(names_.back());
    names_.pop_back();
    return name;
  }

private:
  std::vector<std::string> names_;
};

bool pay_names(HostMeter& meter, std::string_view path) {
  return meter.spend(count_names(path) * price::name);
}

// Opens the directory `path`. Holds every directory on the way down from the base open, so that ".." returns
// to one of them and is never looked up in the file system. The caller has already charged the fuel for the
// names of `path`.
class Walk {
public:
  Walk(HostMeter& meter, int base) : meter_(meter), base_(base) {}

  Expected<HostFd> to(std::string_view path) {
    pending_.push(path);
    while (!pending_.empty()) {
      const Errno error = step(pending_.pop());
      if (error != Errno::success) return refuse(error);
    }
    return held_.empty() ? HostFd::borrowed(base_) : std::move(held_.back());
  }

private:
  int here() const { return held_.empty() ? base_ : held_.back().get(); }

  Errno step(const std::string& name) {
    if (++steps_ > max_steps) return Errno::nametoolong;
    if (meter_.pass(price::name)) return Errno::intr;
    if (name == ".") return Errno::success;
    if (name == "..") return up();
    const int fd = ::openat(here(), name.c_str(), directory_flags | O_NOFOLLOW);
    if (fd >= 0) return down(HostFd::owned(fd));
    return errno == ENOTDIR || errno == ELOOP ? follow(name) : last_os_errno();
  }
  Errno up() {
    if (held_.empty()) return Errno::perm;
    held_.pop_back();
    return Errno::success;
  }
  Errno down(HostFd fd) {
    if (held_.size() == max_depth) return Errno::nametoolong;
    held_.push_back(std::move(fd));
    return Errno::success;
  }
  Errno follow(const std::string& name) {
    const auto target = read_link(meter_, here(), name);
    if (!target) return target.error() == Errno::inval ? Errno::notdir : target.error();
    if (++links_ > max_links) return Errno::loop;
    if (is_absolute(*target)) return Errno::perm;
    if (pay_names(meter_, *target)) return Errno::intr;
    pending_.push(*target);
    return Errno::success;
  }

  HostMeter& meter_;
  int base_;
  std::vector<HostFd> held_;
  Pending pending_;
  int links_ = 0;
  int steps_ = 0;
};

struct Split {
  std::string_view parent; // empty for the base itself
  std::string_view name;
};

Split split(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

} // namespace

Expected<std::string> read_link(HostMeter& meter, int directory, const std::string& name) {
  std::array<char, PATH_MAX> target;
  const ssize_t length = ::readlinkat(directory, name.c_str(), target.data(), target.size());
  if (length < 0) return refuse(last_os_errno());
  if (static_cast<size_t>(length) == target.size()) return refuse(Errno::nametoolong);
  if (meter.spend_bytes(static_cast<uint64_t>(length))) return refuse(Errno::intr);
  return std::string(target.data(), static_cast<size_t>(length));
}

Expected<PathResolver> PathResolver::create(PathResolverKind kind) {
  if (kind == PathResolverKind::component_wise) return PathResolver(kind);
  const long fd = openat2_once(AT_FDCWD, ".", directory_flags, 0);
  if (fd >= 0) ::close(static_cast<int>(fd));
  // Sandboxes around this process answer EPERM for system calls that they do not know.
  const bool is_missing = fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EINVAL || errno == E2BIG);
  if (!is_missing) return PathResolver(PathResolverKind::openat2);
  if (kind == PathResolverKind::openat2) return refuse(Errno::nosys);
  return PathResolver(PathResolverKind::component_wise);
}

Expected<HostFd> PathResolver::directory(HostMeter& meter, int base, const std::string& path) const {
  if (path.empty()) return HostFd::borrowed(base);
  if (kind_ == PathResolverKind::openat2) {
    if (auto opened = open_beneath(base, path, directory_flags, 0)) return std::move(*opened);
  }
  return Walk(meter, base).to(path);
}

Expected<Place> PathResolver::place(HostMeter& meter, int base, const GuestPath& path, bool follow) const {
  if (pay_names(meter, path.text)) return refuse(Errno::intr);
  return place_of(meter, base, path, follow);
}

// The caller has already charged the fuel for the names of `path`. If the last name is a link and `follow` is
// set, replaces the name by the link's target, charges the fuel for all names of the resulting path, and
// resolves this path from the base again.
Expected<Place> PathResolver::place_of(HostMeter& meter, int base, const GuestPath& path, bool follow) const {
  std::string text = path.text;
  bool wants_directory = path.wants_directory;
  for (int links = 0; links <= max_links; ++links) {
    const auto [parent, name] = split(text);
    const bool dots = is_dots(name);
    auto found = directory(meter, base, dots ? text : std::string(parent));
    if (!found) return refuse(found.error());
    Place place{std::move(*found), dots ? "." : std::string(name), wants_directory};
    if (dots || !follow) return place;

    auto target = read_link(meter, place.directory.get(), place.name);
    if (!target) {
      // The name is not a link or does not exist. The caller finds out which when it uses the place.
      if (target.error() == Errno::inval || target.error() == Errno::noent) return place;
      return refuse(target.error());
    }
    if (is_absolute(*target)) return refuse(Errno::perm);
    wants_directory |= strip_trailing_slashes(*target);
    text = parent.empty() ? std::move(*target) : std::string(parent) + "/" + *target;
    if (text.size() >= PATH_MAX) return refuse(Errno::nametoolong);
    if (pay_names(meter, text)) return refuse(Errno::intr);
  }
  return refuse(Errno::loop);
}

Expected<HostFd> PathResolver::open(HostMeter& meter, int base, const GuestPath& path, int flags, mode_t mode,
                                    bool follow) const {
  if (path.wants_directory && (flags & O_CREAT) != 0) return refuse(Errno::isdir); // as in the kernel
  if (pay_names(meter, path.text)) return refuse(Errno::intr);
  flags |= O_CLOEXEC | (path.wants_directory ? O_DIRECTORY : 0);
  if (kind_ == PathResolverKind::openat2) {
    if (auto opened = open_beneath(base, path.text, flags | (follow ? 0 : O_NOFOLLOW), mode)) {
      return std::move(*opened);
    }
  }
  for (int i = 0; i < max_tries; ++i) {
    const auto found = place_of(meter, base, path, follow);
    if (!found) return refuse(found.error());
    if (found->wants_directory && (flags & O_CREAT) != 0) return refuse(Errno::isdir);
    const int directory_flag = found->wants_directory ? O_DIRECTORY : 0;
    const int fd =
        ::openat(found->directory.get(), found->name.c_str(), flags | directory_flag | O_NOFOLLOW, mode);
    if (fd >= 0) return HostFd::owned(fd);
    // place_of() found no link. If there is a link now, another process has just made it, so resolve the path
    // again.
    const int error = errno;
    const bool is_link = follow && (error == ELOOP || error == ENOTDIR) &&
                         read_link(meter, found->directory.get(), found->name).has_value();
    if (!is_link && error != EINTR) return refuse(from_os(error));
    if (meter.must_stop()) return refuse(Errno::intr);
  }
  return refuse(Errno::loop);
}

} // namespace skerry::wasi
