// Makes, reads and removes the names in a directory. Each function makes one system call. A name is a
// single path component. If the name is a symbolic link, the call does not follow the link.
#pragma once

#include "wasi/types.hpp"

#include <string>

namespace skerry::wasi::platform {

/// Makes a directory with the mode 0777, from which the umask of the process removes bits.
Errno make_directory(int directory, const std::string& name) noexcept;
/// Makes a hard link: another name `to` for the file `from`.
Errno make_link(int from_directory, const std::string& from, int to_directory,
                const std::string& to) noexcept;
Errno make_symbolic_link(const std::string& target, int directory, const std::string& name) noexcept;
/// Renames as POSIX requires: atomically replaces the file that has the new name, and does nothing if both
/// names are names of the same file.
Errno rename(int from_directory, const std::string& from, int to_directory, const std::string& to) noexcept;
/// Removes a name that is not the name of a directory. Errors: isdir for a directory, where POSIX also allows
/// perm; otherwise those of the system.
Errno remove_name(int directory, const std::string& name) noexcept;
Errno remove_directory(int directory, const std::string& name) noexcept;
/// Returns the target of a symbolic link. Errors: inval if the name is not a link; nametoolong if the target
/// has max_path_bytes bytes or more; otherwise those of the system.
Expected<std::string> read_link(int directory, const std::string& name);

/// Paths of this length or longer cannot be used. The limit is that of Linux.
inline constexpr size_t max_path_bytes = 4096;

} // namespace skerry::wasi::platform
