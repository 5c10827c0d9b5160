// sock_*: sockets that the embedder gave to the program, and connections accepted from them.
#include "wasi/functions.hpp"
#include "wasi/iovecs.hpp"
#include "wasi/platform/sockets.hpp"
#include "wasi/transfer.hpp"
#include "wasi/wait.hpp"

#include <cstdint>
#include <type_traits>
#include <utility>

namespace skerry::wasi::abi {

namespace {

constexpr uint32_t recv_peek = 1, recv_waitall = 2;
constexpr uint16_t recv_data_truncated = 1;
constexpr uint32_t shut_receiving = 1, shut_sending = 2;
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
Errno wait_ready(Call& call, const Descriptor& file, Direction direction) {
  if ((file.flags & fdflags::nonblock) != 0) {
    return is_ready(file.host_fd(), direction) ? Errno::success : Errno::again;
  }
  return wait_for(call, file.host_fd(), direction);
}

// Waits until the socket is ready, and then calls `attempt`, which does not block. Waits and tries again if
// another process was faster, so that `attempt` returned `again`; a nonblocking socket does not wait.
template <class F>
std::invoke_result_t<F> when_ready(Call& call, const Descriptor& file, Direction direction, F&& attempt) {
  for (;;) {
    if (const Errno error = wait_ready(call, file, direction); error != Errno::success) return refuse(error);
    auto done = attempt();
    if (done) return done;
    const bool may_wait = done.error() == Errno::again && (file.flags & fdflags::nonblock) == 0;
    if (done.error() != Errno::intr && !may_wait) return done;
  }
}

struct Received {
  uint32_t bytes = 0;
  uint16_t flags = 0;
};

Expected<Received> receive(Call& call, const Descriptor& file, IoVecs& vectors, uint32_t flags) {
  const bool peek = (flags & recv_peek) != 0;
  const bool wants_all = flags == recv_waitall && file.type == Filetype::socket_stream;
  Received received;
  do {
    const auto batch = vectors.next(slice_bytes);
    const auto got = when_ready(call, file, Direction::read,
                                [&] { return platform::receive(file.host_fd(), batch, peek); });
    if (!got) {
      if (received.bytes == 0 || call.meter.stop) return refuse(got.error());
      break;
    }
    if (got->is_truncated) received.flags = recv_data_truncated;
    received.bytes += static_cast<uint32_t>(got->bytes);
    vectors.advance(got->bytes);
    if (call.meter.spend_bytes(got->bytes)) return refuse(Errno::intr);
    if (got->bytes == 0) break;
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
    const auto done =
        when_ready(call, file, Direction::write, [&] { return platform::send(file.host_fd(), batch); });
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
  if ((flags & ~uint32_t{fdflags::nonblock}) != 0 || !platform::is_listener((*listener)->host_fd()))
    return Errno::inval;
  if (!call.fds().has_room()) return Errno::mfile;
  if (const auto room = call.memory.bytes(opened_fd, 4); !room) return room.error();
  const int host_fd = (*listener)->host_fd();
  if (const Errno error = platform::make_nonblocking(host_fd); error != Errno::success) return error;
  auto accepted =
      when_ready(call, **listener, Direction::read, [&] { return platform::accept_connection(host_fd); });
  if (!accepted) return accepted.error();
  auto made =
      describe(HostFd::owned(std::move(*accepted)), rights::all, rights::none, static_cast<uint16_t>(flags));
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
  if (how == 0 || (how & ~(shut_receiving | shut_sending)) != 0) return Errno::inval;
  return platform::shut_down((*file)->host_fd(), (how & shut_receiving) != 0, (how & shut_sending) != 0);
}

} // namespace skerry::wasi::abi
