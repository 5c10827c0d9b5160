#include "wasi/path_resolver.hpp"

#include "wasi/path_text.hpp"
#include "wasi/platform/names.hpp"
#include "wasi/prices.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::wasi {

namespace {

constexpr int max_links = 40; // the limit of Linux
// The largest number of directories that a walk holds open at the same time, so that ".." can return to
// them. This also limits the depth that a path may reach.
constexpr size_t max_depth = 256;
// How many names a walk may look up, including the names in the targets of links.
constexpr int max_steps = 2048;
// openat2 fails if another process renames a directory while openat2 resolves a "..". After this many
// failures, a Walk resolves the path instead, because a Walk never fails in this way. The number also limits
// how often PathResolver::open tries again after another process has replaced a file by a link.
constexpr int max_tries = 32;

constexpr platform::OpenHow to_search{.directory = true};

Expected<HostFd> owned(Expected<OwnedFd> opened) {
  if (!opened) return refuse(opened.error());
  return HostFd::owned(std::move(*opened));
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
    auto opened = platform::open_at(here(), name, to_search);
    if (opened) return down(HostFd::owned(std::move(*opened)));
    const Errno error = opened.error();
    return error == Errno::notdir || error == Errno::loop ? follow(name) : error;
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
  auto target = platform::read_link(directory, name);
  if (target && meter.spend_bytes(target->size())) return refuse(Errno::intr);
  return target;
}

Expected<PathResolver> PathResolver::create(PathResolverKind kind) {
  if (kind == PathResolverKind::component_wise) return PathResolver(kind);
  if (platform::can_open_beneath()) return PathResolver(PathResolverKind::openat2);
  if (kind == PathResolverKind::openat2) return refuse(Errno::nosys);
  return PathResolver(PathResolverKind::component_wise);
}

Expected<HostFd> PathResolver::directory(HostMeter& meter, int base, const std::string& path) const {
  if (path.empty()) return HostFd::borrowed(base);
  if (kind_ == PathResolverKind::openat2) {
    if (auto opened = platform::open_beneath(base, path, to_search, true)) return owned(std::move(*opened));
  }
  return Walk(meter, base).to(path);
}

Expected<Place> PathResolver::place(HostMeter& meter, int base, const GuestPath& path, bool follow) const {
  if (pay_names(meter, path.text)) return refuse(Errno::intr);
  return place_of(meter, base, path, follow);
}

// Implements `place`. The caller has already charged the fuel for the names of `path`. If the last name is
// a link and `follow` is set, replaces the name by the link's target, charges the fuel for all names of the
// resulting path, and resolves this path from the base again.
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
    if (text.size() >= platform::max_path_bytes) return refuse(Errno::nametoolong);
    if (pay_names(meter, text)) return refuse(Errno::intr);
  }
  return refuse(Errno::loop);
}

Expected<HostFd> PathResolver::open(HostMeter& meter, int base, const GuestPath& path, platform::OpenHow how,
                                    bool follow) const {
  if (path.wants_directory && how.create) return refuse(Errno::isdir); // as in the kernel
  if (pay_names(meter, path.text)) return refuse(Errno::intr);
  how.directory |= path.wants_directory;
  if (kind_ == PathResolverKind::openat2) {
    if (auto opened = platform::open_beneath(base, path.text, how, follow)) return owned(std::move(*opened));
  }
  for (int i = 0; i < max_tries; ++i) {
    const auto found = place_of(meter, base, path, follow);
    if (!found) return refuse(found.error());
    if (found->wants_directory && how.create) return refuse(Errno::isdir);
    platform::OpenHow here = how;
    here.directory |= found->wants_directory;
    auto opened = platform::open_at(found->directory.get(), found->name, here);
    if (opened) return HostFd::owned(std::move(*opened));
    // place_of() found no link. If there is a link now, another process has just made it, so resolve the path
    // again.
    const Errno error = opened.error();
    const bool is_link = follow && (error == Errno::loop || error == Errno::notdir) &&
                         read_link(meter, found->directory.get(), found->name).has_value();
    if (!is_link && error != Errno::intr) return refuse(error);
    if (meter.must_stop()) return refuse(Errno::intr);
  }
  return refuse(Errno::loop);
}

} // namespace skerry::wasi
