// Opens files and directories.
#pragma once

#include "vm/platform/owned_fd.hpp"
#include "wasi/types.hpp"

#include <optional>
#include <string>

namespace skerry::wasi::platform {

/// How a file is opened. Opening never waits, not even for a terminal or FIFO, and never makes a terminal
/// the controlling terminal of the process. New files get the mode 0666, from which the umask of the
/// process removes bits.
struct OpenHow {
  bool read = false, write = false; ///< neither: only to reach the files in a directory, or read a status
  bool directory = false;           ///< fails with notdir for any other file
  bool create = false;              ///< makes the file if it does not exist
  bool exclusive = false;           ///< with `create`: fails with exist if the file exists
  bool truncate = false;
  bool append = false;
  bool sync = false, data_sync = false; ///< each write reaches the disk before it returns
};

/// Opens `name`, one component, in `directory`. Never follows a symbolic link: if the name is a symbolic
/// link, fails with loop or notdir. Errors: those of the system.
Expected<OwnedFd> open_at(int directory, const std::string& name, const OpenHow& how) noexcept;

/// Opens a directory of the host by its path, following links, to read its entries and reach what is in it.
/// Errors: those of the system.
Expected<OwnedFd> open_directory(const std::string& path) noexcept;

/// Returns whether open_beneath works on this system and is not forbidden by a sandbox around the process.
bool can_open_beneath() noexcept;
/// Opens `path`, which may have several components, below `base`. The system resolves the whole path in one
/// step and refuses to leave `base`, even if other processes rename directories at the same time. Never
/// follows a symbolic link. Returns nothing if a link would have to be followed, or if other processes
/// changed the tree at every try. Links before the last component would always have to be followed; a link
/// in the last component only if `follow` is true. If `follow` is false, a link in the last component fails
/// as in open_at. Errors: perm for a path that leaves the base; otherwise those of the system. Must be
/// called only if can_open_beneath.
std::optional<Expected<OwnedFd>> open_beneath(int base, const std::string& path, const OpenHow& how,
                                              bool follow) noexcept;

} // namespace skerry::wasi::platform
