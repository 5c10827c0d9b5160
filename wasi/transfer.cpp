#include "wasi/transfer.hpp"

#include "wasi/filestat.hpp"
#include "wasi/os_errno.hpp"
#include "wasi/quota_change.hpp"
#include "wasi/stream_io.hpp"
#include "wasi/wait.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <limits>

namespace skerry::wasi {

namespace {

// The most bytes that one system call moves between two checks of deadline and interrupt. Copying slice_bytes
// takes less than a millisecond.
constexpr size_t slice_bytes = size_t{1} << 20;
// The limit is lower for a write to a stream, because its reader may slow the write down.
constexpr size_t stream_slice_bytes = size_t{64} << 10;
// The limit is lowest for a stream on which a write might block: a stream that is ready takes this many bytes
// without blocking.
constexpr size_t ready_bytes = PIPE_BUF;

enum class Direction { read, write };

struct Transfer {
  Call& call;
  Descriptor& file;
  Direction direction;
  std::optional<uint64_t> offset;

  Expected<size_t> step(std::span<iovec> batch, uint64_t done);
  Expected<size_t> host_step(const HostFd& fd, std::span<iovec> batch, uint64_t done);
  Errno wait_ready(int fd);
  ssize_t system_call(int fd, std::span<const iovec> batch, uint64_t done) const;
  Expected<size_t> moved_or_error(int fd, std::span<const iovec> batch, uint64_t done) const;
  Expected<size_t> write_counted(int fd, std::span<iovec> batch, uint64_t done) const;
};

size_t read_bytes(ByteSource& source, std::span<iovec> batch) {
  size_t done = 0;
  for (const iovec& one : batch) {
    const size_t length = std::min(one.iov_len, source.data->size() - source.at);
    std::memcpy(one.iov_base, source.data->data() + source.at, length);
    source.at += length;
    done += length;
  }
  return done;
}

// Calls the callback only once, for the first vector, because a second call might wait although bytes have
// already been read.
size_t read_bytes(const InputCallback& source, std::span<iovec> batch) {
  return std::min(source({static_cast<std::byte*>(batch[0].iov_base), batch[0].iov_len}), batch[0].iov_len);
}

Expected<size_t> write_bytes(const OutputCallback& sink, std::span<iovec> batch) {
  size_t done = 0;
  for (const iovec& one : batch) {
    const size_t taken = sink({static_cast<const std::byte*>(one.iov_base), one.iov_len});
    done += std::min(taken, one.iov_len);
    if (taken < one.iov_len) break;
  }
  if (done == 0) return refuse(Errno::nospc);
  return done;
}

Errno Transfer::wait_ready(int fd) {
  const short events = direction == Direction::read ? POLLIN : POLLOUT;
  if ((file.flags & fdflags::nonblock) != 0) return is_ready(fd, events) ? Errno::success : Errno::again;
  return wait_for(call, fd, events);
}

ssize_t Transfer::system_call(int fd, std::span<const iovec> batch, uint64_t done) const {
  const int count = static_cast<int>(batch.size());
  const off_t at = offset ? static_cast<off_t>(*offset + done) : 0;
  if (direction == Direction::read) {
    if (offset) return ::preadv(fd, batch.data(), count, at);
    return file.is_stream ? read_without_waiting(fd, file.stream, batch) : ::readv(fd, batch.data(), count);
  }
  if (offset) return ::pwritev(fd, batch.data(), count, at);
  return file.is_stream ? write_without_waiting(fd, file.stream, batch) : ::writev(fd, batch.data(), count);
}

// Returns the first `size` bytes of the vectors.
std::span<iovec> shorten(std::span<iovec> batch, uint64_t size) {
  for (size_t i = 0; i < batch.size(); ++i) {
    if (batch[i].iov_len > size) {
      batch[i].iov_len = static_cast<size_t>(size);
      return batch.first(i + 1);
    }
    size -= batch[i].iov_len;
  }
  return batch;
}

Expected<size_t> Transfer::moved_or_error(int fd, std::span<const iovec> batch, uint64_t done) const {
  const ssize_t moved = system_call(fd, batch, done);
  if (moved < 0) return refuse(last_os_errno());
  return static_cast<size_t>(moved);
}

// Writes at most as many bytes as the file's quota has room for, and counts them.
Expected<size_t> Transfer::write_counted(int fd, std::span<iovec> batch, uint64_t done) const {
  auto change = QuotaChange::begin(call.meter, file.quota.get());
  if (!change) return refuse(change.error());
  struct stat before{}, after{};
  if (::fstat(fd, &before) != 0) return refuse(last_os_errno());
  const auto size = static_cast<uint64_t>(before.st_size);
  const off_t position = offset ? static_cast<off_t>(*offset + done) : ::lseek(fd, 0, SEEK_CUR);
  const bool appends = (file.flags & fdflags::append) != 0;
  const uint64_t at = appends || position < 0 ? size : static_cast<uint64_t>(position);
  if (const uint64_t end = at + bytes_in(batch); end > size && end > change->largest(size)) {
    const uint64_t room = std::max(size, change->largest(size));
    if (room <= at) return refuse(Errno::dquot);
    batch = shorten(batch, room - at);
  }
  const auto written = moved_or_error(fd, batch, done);
  if (::fstat(fd, &after) == 0) change->resized(before, after);
  return written;
}

Expected<size_t> Transfer::host_step(const HostFd& fd, std::span<iovec> batch, uint64_t done) {
  // If a FIFO has no writer, the system's read reports the end of the file at once. The program must not see
  // that end, because a writer may still come. So reads wait first.
  const bool reads = direction == Direction::read;
  bool waits = file.is_stream && (reads || must_wait_first(file.stream));
  for (;;) {
    if (waits) {
      if (const Errno error = wait_ready(fd.get()); error != Errno::success) return refuse(error);
    }
    const bool is_counted = direction == Direction::write && file.quota && !file.is_stream;
    const auto moved =
        is_counted ? write_counted(fd.get(), batch, done) : moved_or_error(fd.get(), batch, done);
    if (moved) return moved;
    if (call.meter.must_stop()) return refuse(Errno::intr);
    if (moved.error() == Errno::again && file.is_stream && (file.flags & fdflags::nonblock) == 0)
      waits = true; // not ready, or another process took the bytes
    else if (moved.error() != Errno::intr)
      return moved;
  }
}

Expected<size_t> Transfer::step(std::span<iovec> batch, uint64_t done) {
  if (const auto* fd = std::get_if<HostFd>(&file.resource)) return host_step(*fd, batch, done);
  if (offset) return refuse(Errno::spipe);
  if (auto* source = std::get_if<ByteSource>(&file.resource)) {
    if (direction == Direction::write) return refuse(Errno::badf);
    return read_bytes(*source, batch);
  }
  if (const auto* source = std::get_if<std::shared_ptr<const InputCallback>>(&file.resource)) {
    if (direction == Direction::write) return refuse(Errno::badf);
    return read_bytes(**source, batch);
  }
  if (direction == Direction::read) return refuse(Errno::badf);
  return write_bytes(*std::get<std::shared_ptr<const OutputCallback>>(file.resource), batch);
}

size_t slice_of(const Transfer& transfer) {
  const Descriptor& file = transfer.file;
  if (!file.is_stream || file.host_fd() < 0 || transfer.direction == Direction::read) return slice_bytes;
  return must_wait_first(file.stream) ? ready_bytes : stream_slice_bytes;
}

Expected<uint32_t> run(Transfer transfer, IoVecs& vectors) {
  constexpr uint64_t max_offset = std::numeric_limits<off_t>::max();
  if (transfer.offset && *transfer.offset > max_offset - vectors.left()) {
    return refuse(transfer.direction == Direction::write ? Errno::fbig : Errno::inval);
  }
  const bool is_read = transfer.direction == Direction::read;
  const size_t slice = slice_of(transfer);
  uint64_t done = 0;
  while (vectors.left() > 0) {
    const auto batch = vectors.next(slice);
    const size_t wanted = bytes_in(batch);
    const auto moved = transfer.step(batch, done);
    if (!moved) {
      if (done == 0 || transfer.call.meter.stop) return refuse(moved.error());
      break; // the next call reports the error again if it still applies
    }
    done += *moved;
    vectors.advance(*moved);
    if (transfer.call.meter.spend_bytes(*moved)) return refuse(Errno::intr);
    if (is_read && (transfer.file.is_stream || *moved < wanted)) break;
    if (!is_read && *moved == 0) break;
  }
  return static_cast<uint32_t>(done);
}

} // namespace

Expected<IoVecs> read_vectors(Call& call, uint32_t address, uint32_t count) {
  const uint64_t looked_at = std::min(count, call.limits().iovecs);
  if (call.meter.spend(looked_at * price::item)) return refuse(Errno::intr);
  return IoVecs::read(call.memory, address, count, call.limits());
}

Expected<uint32_t> read_into(Call& call, Descriptor& file, IoVecs& vectors, std::optional<uint64_t> offset) {
  return run({call, file, Direction::read, offset}, vectors);
}

Expected<uint32_t> write_from(Call& call, Descriptor& file, IoVecs& vectors, std::optional<uint64_t> offset) {
  const auto written = run({call, file, Direction::write, offset}, vectors);
  if (written && !file.is_stream && *written > 0) note_changed(call, file.host_fd());
  return written;
}

} // namespace skerry::wasi
