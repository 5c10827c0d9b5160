// PathResolver: resolves a path without ever leaving the directory that it is relative to, called the base.
//
// The resolver keeps these promises even if other processes change the tree at the same time. It reads no
// component above the base, not even if the path later leads back below the base. It refuses absolute link
// targets and the magic links of /proc. It opens, creates and changes nothing outside the base.
//
// There are two implementations with the same answers and the same fuel. Paths without links are resolved
// by the kernel's openat2. Otherwise, and on kernels without openat2, a walk opens one component at a time
// and never lets the kernel follow a link. A path with links is always left to the walk, because the walk
// charges fuel for every name in the links' targets. openat2 therefore never looks up more names than the
// path itself has, and the fuel for these names is charged before the call.
#pragma once

#include "skerry/host_meter.hpp"
#include "skerry/wasi/config.hpp"
#include "wasi/host_fd.hpp"
#include "wasi/path_text.hpp"
#include "wasi/platform/open.hpp"
#include "wasi/types.hpp"

#include <string>

namespace skerry::wasi {

/// The place of a path's last component. Every change of the tree is one system call of the *at family (such
/// as unlinkat) on `directory` with `name`. The name has no slash, and the call does not follow a link there.
struct Place {
  HostFd directory; // perhaps opened only to reach the files in it (O_PATH)
  std::string name; // "." if the path ends in "." or ".."
  bool wants_directory = false;
  bool is_dots() const { return name == "."; }
};

class PathResolver {
public:
  /// Errors: nosys if `kind` is openat2 and the kernel does not have openat2 or forbids it.
  static Expected<PathResolver> create(PathResolverKind kind);
  PathResolver() = default; // component-wise

  /// Returns the implementation in use; never `automatic`.
  PathResolverKind kind() const noexcept { return kind_; }

  /// Opens a file. A path with a trailing slash must name a directory. `follow` says whether a link in the
  /// last component is followed. Errors: perm for a path that leaves the base; intr with meter.stop set;
  /// otherwise those of the system.
  Expected<HostFd> open(HostMeter& meter, int base, const GuestPath& path, platform::OpenHow how,
                        bool follow) const;
  /// Finds the place of the path's last component. If a link is there and `follow` is set, finds the place
  /// that the link finally names. Does not check that the last component exists. Errors: those of open.
  Expected<Place> place(HostMeter& meter, int base, const GuestPath& path, bool follow) const;

private:
  explicit PathResolver(PathResolverKind kind) : kind_(kind) {}
  Expected<HostFd> directory(HostMeter& meter, int base, const std::string& path) const;
  Expected<Place> place_of(HostMeter& meter, int base, const GuestPath& path, bool follow) const;

  PathResolverKind kind_ = PathResolverKind::component_wise;
};

/// Returns the target of the link `name` in `directory`. Errors: inval if `name` is not a link; intr with
/// meter.stop set; otherwise those of the system.
Expected<std::string> read_link(HostMeter& meter, int directory, const std::string& name);

} // namespace skerry::wasi
