#include "wasi/descriptor.hpp"

#include "wasi/platform/sockets.hpp"

namespace skerry::wasi {

namespace {

Filetype type_of(const platform::FileStatus& status, int fd) {
  const bool is_datagram = status.type == Filetype::socket_stream && platform::is_datagram_socket(fd);
  return is_datagram ? Filetype::socket_dgram : status.type;
}

// Returns the rights that apply to a file with this status. A terminal must not have the rights to seek and
// tell, because C libraries recognize a terminal by the absence of these rights.
Rights applicable(const platform::FileStatus& status, int fd) {
  if (status.is_pipe) return rights::stream;
  switch (status.type) {
  case Filetype::directory: return rights::directory;
  case Filetype::socket_stream: return rights::socket;
  case Filetype::character_device: return platform::is_terminal(fd) ? rights::stream : rights::file;
  default: return rights::file;
  }
}

bool is_stream(Filetype type) {
  return type != Filetype::regular_file && type != Filetype::directory && type != Filetype::block_device;
}

} // namespace

Expected<Descriptor> describe(HostFd fd, Rights base, Rights inheriting, uint16_t flags) {
  const auto status = platform::status(fd.get());
  if (!status) return refuse(status.error());
  Descriptor made;
  made.type = type_of(*status, fd.get());
  made.base = base & applicable(*status, fd.get());
  made.inheriting = status->is_directory() ? inheriting : rights::none;
  made.flags = flags;
  made.is_stream = is_stream(status->type);
  if (made.is_stream && !fd.is_owned()) {
    made.stream = platform::stream_kind(*status);
    if (OwnedFd anew = platform::open_terminal_anew(fd.get()); anew.is_open()) {
      made.stream = platform::StreamKind::own;
      fd = HostFd::owned(std::move(anew));
    }
  }
  made.resource = std::move(fd);
  return made;
}

} // namespace skerry::wasi
