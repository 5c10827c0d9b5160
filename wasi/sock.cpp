// sock_*: sockets that the embedder gave to the program, and connections accepted from them.
#include "wasi/functions.hpp"
#include "wasi/iovecs.hpp"
#include "wasi/os_errno.hpp"
#include "wasi/transfer.hpp"
#include "wasi/wait.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace skerry::wasi::abi {

namespace {

constexpr uint32_t recv_peek = 1, recv_waitall = 2;
constexpr uint16_t recv_data_truncated = 1;
constexpr size_t slice_bytes = size_t{1} << 20;

bool is_socket(const Descriptor& file) {
  return file.type == Filetype::socket_stream || file.type == Filetype::socket_dgram;
}

Expected<Descriptor*> socket(Call& call, i32 fd, Rights needed) {
  auto found = call.fds().get(fd);
  if (!found) return found;
  if (!is_socket(**found)) return refuse(Errno::notsock);
  return call.fds().get(fd, needed);
}

// Waits until the socket is ready. If the socket is nonblocking and not ready, returns `again` at once.
Errno wait_ready(Call& call, const Descriptor& file, short events) {
  if ((file.flags & fdflags::nonblock) != 0) {
    return is_ready(file.host_fd(), events) ? Errno::success : Errno::again;
  }
  return wait_for(call, file.host_fd(), events);
}

// Repeats `attempt`, a call that does not block, until it returns something other than "not ready".
template <class F>
Expected<size_t> when_ready(Call& call, const Descriptor& file, short events, F&& attempt) {
  for (;;) {
    if (const Errno error = wait_ready(call, file, events); error != Errno::success) return refuse(error);
    const ssize_t done = attempt();
    if (done >= 0) return static_cast<size_t>(done);
    const int error = errno;
    const bool may_wait = error == EAGAIN && (file.flags & fdflags::nonblock) == 0;
    if (error != EINTR && !may_wait) return refuse(from_os(error));
  }
}

bool is_listener(int fd) {
  int listens = 0;
  socklen_t size = sizeof listens;
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

// Sets O_NONBLOCK on the listener. Without this flag, accept could block even after the listener was ready,
// because another process may accept the connection first. accept has no flag that makes only one call
// nonblocking.
Errno make_nonblocking(int listener) {
  const int flags = ::fcntl(listener, F_GETFL);
  if (flags < 0) return last_os_errno();
  return (flags & O_NONBLOCK) != 0 ? Errno::success
                                   : os_result(::fcntl(listener, F_SETFL, flags | O_NONBLOCK));
}

msghdr message(std::span<iovec> vectors) {
  msghdr made{};
  made.msg_iov = vectors.data();
  made.msg_iovlen = vectors.size();
  return made;
}

struct Received {
  uint32_t bytes = 0;
  uint16_t flags = 0;
};

Expected<Received> receive(Call& call, const Descriptor& file, IoVecs& vectors, uint32_t flags) {
  const int system_flags = MSG_DONTWAIT | ((flags & recv_peek) != 0 ? MSG_PEEK : 0);
  const bool wants_all = flags == recv_waitall && file.type == Filetype::socket_stream;
  Received received;
  do {
    const auto batch = vectors.next(slice_bytes);
    msghdr header = message(batch);
    const auto got =
        when_ready(call, file, POLLIN, [&] { return ::recvmsg(file.host_fd(), &header, system_flags); });
    if (!got) {
      if (received.bytes == 0 || call.meter.stop) return refuse(got.error());
      break;
    }
    if ((header.msg_flags & MSG_TRUNC) != 0) received.flags = recv_data_truncated;
    received.bytes += static_cast<uint32_t>(*got);
    vectors.advance(*got);
    if (call.meter.spend_bytes(*got)) return refuse(Errno::intr);
    if (*got == 0) break;
  } while (wants_all && vectors.left() > 0);
  return received;
}

Expected<uint32_t> send(Call& call, const Descriptor& file, IoVecs& vectors) {
  const bool is_datagram = file.type == Filetype::socket_dgram;
  uint32_t sent = 0;
  do {
    const auto batch = vectors.next(slice_bytes);
    if (is_datagram && bytes_in(batch) < vectors.left())
      return refuse(Errno::msgsize); // cannot be sent in pieces
    msghdr header = message(batch);
    const auto done = when_ready(
        call, file, POLLOUT, [&] { return ::sendmsg(file.host_fd(), &header, MSG_DONTWAIT | MSG_NOSIGNAL); });
    if (!done) {
      if (sent == 0 || call.meter.stop) return refuse(done.error());
      break;
    }
    sent += static_cast<uint32_t>(*done);
    vectors.advance(*done);
    if (call.meter.spend_bytes(*done)) return refuse(Errno::intr);
  } while (vectors.left() > 0);
  return sent;
}

} // namespace

Errno sock_accept(Call& call, i32 fd, i32 flags, i32 opened_fd) {
  const auto listener = socket(call, fd, rights::sock_accept);
  if (!listener) return listener.error();
  if ((flags & ~uint32_t{fdflags::nonblock}) != 0 || !is_listener((*listener)->host_fd()))
    return Errno::inval;
  if (!call.fds().has_room()) return Errno::mfile;
  if (const auto room = call.memory.bytes(opened_fd, 4); !room) return room.error();
  if (const Errno error = make_nonblocking((*listener)->host_fd()); error != Errno::success) return error;
  const auto accepted = when_ready(call, **listener, POLLIN, [&] {
    return static_cast<ssize_t>(
        ::accept4((*listener)->host_fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  });
  if (!accepted) return accepted.error();
  auto made = describe(HostFd::owned(static_cast<int>(*accepted)), rights::all, rights::none,
                       static_cast<uint16_t>(flags));
  if (!made) return made.error();
  const auto number = call.fds().insert(std::move(*made));
  return number ? call.memory.store(opened_fd, *number) : number.error();
}

Errno sock_recv(Call& call, i32 fd, i32 ri_data, i32 ri_data_len, i32 ri_flags, i32 nread, i32 ro_flags) {
  const auto from = socket(call, fd, rights::fd_read);
  if (!from) return from.error();
  if ((ri_flags & ~(recv_peek | recv_waitall)) != 0) return Errno::inval;
  auto vectors = read_vectors(call, ri_data, ri_data_len);
  if (!vectors) return vectors.error();
  if (!call.memory.bytes(nread, 4) || !call.memory.bytes(ro_flags, 2)) return Errno::fault;
  const auto received = receive(call, **from, *vectors, ri_flags);
  if (!received) return received.error();
  const Errno error = call.memory.store(nread, received->bytes);
  return error != Errno::success ? error : call.memory.store(ro_flags, received->flags);
}

Errno sock_send(Call& call, i32 fd, i32 si_data, i32 si_data_len, i32 si_flags, i32 nwritten) {
  const auto to = socket(call, fd, rights::fd_write);
  if (!to) return to.error();
  if (si_flags != 0) return Errno::inval;
  auto vectors = read_vectors(call, si_data, si_data_len);
  if (!vectors) return vectors.error();
  if (const auto room = call.memory.bytes(nwritten, 4); !room) return room.error();
  const auto sent = send(call, **to, *vectors);
  return sent ? call.memory.store(nwritten, *sent) : sent.error();
}

Errno sock_shutdown(Call& call, i32 fd, i32 how) {
  const auto file = socket(call, fd, rights::sock_shutdown);
  if (!file) return file.error();
  constexpr int system_how[] = {-1, SHUT_RD, SHUT_WR, SHUT_RDWR};
  if (how == 0 || how >= std::size(system_how)) return Errno::inval;
  return ::shutdown((*file)->host_fd(), system_how[how]) == 0 ? Errno::success : last_os_errno();
}

} // namespace skerry::wasi::abi
