#include "wasi/descriptor.hpp"

#include "wasi/os_errno.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

namespace skerry::wasi {

namespace {

Filetype socket_type(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM)
    return Filetype::socket_dgram;
  return Filetype::socket_stream;
}

// Returns the rights that apply to a file with this status. A terminal must not have the rights to seek and
// tell, because C libraries recognize a terminal by the absence of these rights.
Rights applicable(const struct stat& status, int fd) {
  switch (status.st_mode & S_IFMT) {
  case S_IFDIR: return rights::directory;
  case S_IFIFO: return rights::stream;
  case S_IFSOCK: return rights::socket;
  case S_IFCHR: return ::isatty(fd) != 0 ? rights::stream : rights::file;
  default: return rights::file;
  }
}

} // namespace

Expected<Descriptor> describe(HostFd fd, Rights base, Rights inheriting, uint16_t flags) {
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return refuse(last_os_errno());
  Descriptor made;
  made.type = S_ISSOCK(status.st_mode) ? socket_type(fd.get()) : filetype_of(status.st_mode);
  made.base = base & applicable(status, fd.get());
  made.inheriting = S_ISDIR(status.st_mode) ? inheriting : rights::none;
  made.flags = flags;
  made.is_stream = !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode) && !S_ISBLK(status.st_mode);
  if (made.is_stream && !fd.is_owned()) {
    made.stream = stream_kind(status.st_mode);
    if (HostFd anew = open_terminal_anew(fd.get()); anew.get() >= 0) {
      made.stream = StreamKind::own;
      fd = std::move(anew);
    }
  }
  made.resource = std::move(fd);
  return made;
}

} // namespace skerry::wasi
