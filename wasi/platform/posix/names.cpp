// Makes, reads and removes names with the *at functions of POSIX, such as mkdirat.
#include "wasi/platform/names.hpp"

#include "wasi/platform/posix/os_errno.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace skerry::wasi::platform {

Errno make_directory(int directory, const std::string& name) noexcept {
  return os_result(::mkdirat(directory, name.c_str(), 0777));
}

Errno make_link(int from_directory, const std::string& from, int to_directory,
                const std::string& to) noexcept {
  return os_result(::linkat(from_directory, from.c_str(), to_directory, to.c_str(), 0));
}

Errno make_symbolic_link(const std::string& target, int directory, const std::string& name) noexcept {
  return os_result(::symlinkat(target.c_str(), directory, name.c_str()));
}

Errno rename(int from_directory, const std::string& from, int to_directory, const std::string& to) noexcept {
  return os_result(::renameat(from_directory, from.c_str(), to_directory, to.c_str()));
}

Errno remove_name(int directory, const std::string& name) noexcept {
  return os_result(::unlinkat(directory, name.c_str(), 0));
}

Errno remove_directory(int directory, const std::string& name) noexcept {
  return os_result(::unlinkat(directory, name.c_str(), AT_REMOVEDIR));
}

Expected<std::string> read_link(int directory, const std::string& name) {
  std::array<char, max_path_bytes> target;
  const ssize_t length = ::readlinkat(directory, name.c_str(), target.data(), target.size());
  if (length < 0) return refuse(last_os_errno());
  if (static_cast<size_t>(length) == target.size()) return refuse(Errno::nametoolong);
  return std::string(target.data(), static_cast<size_t>(length));
}

} // namespace skerry::wasi::platform
