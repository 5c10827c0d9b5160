// PathResolver: resolves a path without ever leaving the directory that it is relative to.
//
// Even if other processes change the tree meanwhile, it promises: no component above the base is read, not
// even on the way back down; absolute link targets and magic links of /proc are refused; nothing outside is
// opened, created or changed. There are two implementations with the same answers and the same fuel: the
// kernel's openat2 for paths without links, and a walk that opens one component at a time and never lets the
// kernel follow a link. A path with links is always resolved by the walk, so the cost of its links is known,
// and the kernel never walks more than the names of one path.
#pragma once

#include "skerry/host_meter.hpp"
#include "skerry/wasi/config.hpp"
#include "wasi/host_fd.hpp"
#include "wasi/path_text.hpp"
#include "wasi/types.hpp"

#include <sys/types.h>

#include <string>

namespace skerry::wasi {

/// Place of a path's last component. Every change of the tree is one *at call on `directory` with `name`,
/// which is a plain name, and never follows a link there.
struct Place {
  HostFd directory; // may be open for *at calls only (O_PATH)
  std::string name; // "." if the path ends in "." or ".."
  bool wants_directory = false;
  bool is_dots() const { return name == "."; }
};

class PathResolver {
public:
  /// Errors: nosys if openat2 is requested and the kernel has none (or forbids it).
  static Expected<PathResolver> create(PathResolverKind kind);
  PathResolver() = default; // component-wise

  /// Never `automatic`.
  PathResolverKind kind() const noexcept { return kind_; }

  /// Opens with open(2)'s `flags` (O_CLOEXEC and, for a trailing slash, O_DIRECTORY are added). `follow` says
  /// whether a link in the last component is followed. Errors: perm for a path that leaves the base; intr
  /// with meter.stop set; otherwise those of the system.
  Expected<HostFd> open(HostMeter& meter, int base, const GuestPath& path, int flags, mode_t mode,
                        bool follow) const;
  /// Finds the place of the last component; with `follow`, the place that a link there finally names. Does
  /// not check whether it exists. Errors: those of open.
  Expected<Place> place(HostMeter& meter, int base, const GuestPath& path, bool follow) const;

private:
  explicit PathResolver(PathResolverKind kind) : kind_(kind) {}
  Expected<HostFd> directory(HostMeter& meter, int base, const std::string& path) const;
  Expected<Place> place_of(HostMeter& meter, int base, const GuestPath& path, bool follow) const;

  PathResolverKind kind_ = PathResolverKind::component_wise;
};

/// The target of the link `name` in `directory`. Errors: inval if it is not a link; intr with meter.stop set;
/// otherwise those of the system.
Expected<std::string> read_link(HostMeter& meter, int directory, const std::string& name);

} // namespace skerry::wasi
