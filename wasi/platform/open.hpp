// Opens files and directories.
#pragma once

#include "vm/platform/owned_fd.hpp"
#include "wasi/types.hpp"

#include <optional>
#include <string>

namespace skerry::wasi::platform {

/// How a file is opened. Opening never waits, not even for a terminal or FIFO, and never makes a terminal the
/// process's own. New files get the mode 0666, from which the umask of the process removes bits.
struct OpenHow {
  bool read = false, write = false; ///< neither: only to reach what is in a directory, and for its status
  bool directory = false;           ///< fails with notdir for anything else
  bool create = false;              ///< makes the file if there is none
  bool exclusive = false;           ///< with `create`: fails with exist if there is one
  bool truncate = false;
  bool append = false;
  bool sync = false, data_sync = false; ///< each write reaches the disk before it returns
};

/// Opens `name`, one component, in `directory`. Never follows a symbolic link: fails with loop or notdir if
/// the name is one. Errors: those of the system.
Expected<OwnedFd> open_at(int directory, const std::string& name, const OpenHow& how) noexcept;

/// Opens a directory of the host by its path, following links, to read its entries and reach what is in it.
/// Errors: those of the system.
Expected<OwnedFd> open_directory(const std::string& path) noexcept;

/// Returns whether open_beneath works on this system and is not forbidden by a sandbox around the process.
bool can_open_beneath() noexcept;
/// Opens `path`, which may have several components, below `base`, in one step during which no other process
/// can move it out of `base`. Follows no symbolic link. Returns nothing if the path has a link where one
/// would be followed, or if other processes changed the tree at every try. `follow` says whether a link in
/// the last component would be followed; otherwise it fails as in open_at. Errors: perm for a path that
/// leaves the base; otherwise those of the system. Must be called only if can_open_beneath.
std::optional<Expected<OwnedFd>> open_beneath(int base, const std::string& path, const OpenHow& how,
                                              bool follow) noexcept;

} // namespace skerry::wasi::platform
