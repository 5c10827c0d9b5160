#include "wasi/transfer.hpp"

#include "wasi/filestat.hpp"
#include "wasi/os_errno.hpp"
#include "wasi/quota_change.hpp"
#include "wasi/sigpipe.hpp"
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

// What one system call moves before deadline and interrupts are looked at again: under a millisecond of
// copying.
constexpr std::size_t slice_bytes = std::size_t{1} << 20;
// A pipe that is ready for writing takes this much without blocking, even when its own flag says that it may
// block.
constexpr std::size_t stream_slice_bytes = PIPE_BUF;

enum class Direction { read, write };

struct Transfer {
  Call& call;
  Descriptor& file;
  Direction direction;
  std::optional<uint64_t> offset;

  Expected<std::size_t> step(std::span<iovec> batch, uint64_t done);
  Expected<std::size_t> host_step(const HostFd& fd, std::span<iovec> batch, uint64_t done);
  Errno wait_ready(int fd);
  ssize_t system_call(int fd, std::span<const iovec> batch, uint64_t done) const;
  ssize_t write_counted(int fd, std::span<iovec> batch, uint64_t done) const;
};

std::size_t total(std::span<const iovec> batch) {
  std::size_t sum = 0;
  for (const iovec& one : batch) sum += one.iov_len;
  return sum;
}

std::size_t read_bytes(ByteSource& source, std::span<iovec> batch) {
  std::size_t done = 0;
  for (const iovec& one : batch) {
    const std::size_t length = std::min(one.iov_len, source.data->size() - source.at);
    std::memcpy(one.iov_base, source.data->data() + source.at, length);
    source.at += length;
    done += length;
  }
  return done;
}

// Fills one vector, so that whoever gives the bytes may wait for the first of them only.
std::size_t read_bytes(const InputCallback& source, std::span<iovec> batch) {
  return std::min(source({static_cast<std::byte*>(batch[0].iov_base), batch[0].iov_len}), batch[0].iov_len);
}

Expected<std::size_t> write_bytes(const OutputCallback& sink, std::span<iovec> batch) {
  std::size_t done = 0;
  for (const iovec& one : batch) {
    const std::size_t taken = sink({static_cast<const std::byte*>(one.iov_base), one.iov_len});
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
    return offset ? ::preadv(fd, batch.data(), count, at) : ::readv(fd, batch.data(), count);
  }
  if (offset) return ::pwritev(fd, batch.data(), count, at);
  if (!file.is_stream) return ::writev(fd, batch.data(), count);
  return write_without_sigpipe(fd, batch);
}

// The first `size` bytes of them.
std::span<iovec> shorten(std::span<iovec> batch, uint64_t size) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (batch[i].iov_len > size) {
      batch[i].iov_len = static_cast<std::size_t>(size);
      return batch.first(i + 1);
    }
    size -= batch[i].iov_len;
  }
  return batch;
}

// Writes what the quota of the file's directory has room for.
ssize_t Transfer::write_counted(int fd, std::span<iovec> batch, uint64_t done) const {
  QuotaChange change(file.quota.get());
  struct stat before{}, after{};
  if (::fstat(fd, &before) != 0) return -1;
  const auto size = static_cast<uint64_t>(before.st_size);
  const off_t position = offset ? static_cast<off_t>(*offset + done) : ::lseek(fd, 0, SEEK_CUR);
  const bool appends = (file.flags & fdflags::append) != 0;
  const uint64_t at = appends || position < 0 ? size : static_cast<uint64_t>(position);
  if (const uint64_t end = at + total(batch); end > size && end > change.largest(size)) {
    const uint64_t room = std::max(size, change.largest(size));
    if (room <= at) return errno = EDQUOT, -1;
    batch = shorten(batch, room - at);
  }
  const ssize_t written = system_call(fd, batch, done);
  const int error = errno;
  if (::fstat(fd, &after) == 0) change.resized(size, static_cast<uint64_t>(after.st_size));
  errno = error;
  return written;
}

Expected<std::size_t> Transfer::host_step(const HostFd& fd, std::span<iovec> batch, uint64_t done) {
  for (;;) {
    if (file.is_stream) {
      if (const Errno error = wait_ready(fd.get()); error != Errno::success) return refuse(error);
    }
    const bool is_counted = direction == Direction::write && file.quota && !file.is_stream;
    const ssize_t moved =
        is_counted ? write_counted(fd.get(), batch, done) : system_call(fd.get(), batch, done);
    if (moved >= 0) return static_cast<std::size_t>(moved);
    const int error = errno;
    if (call.must_stop()) return refuse(Errno::intr);
    // A stream said to be ready and then was not: somebody else shares it.
    const bool may_wait = file.is_stream && (file.flags & fdflags::nonblock) == 0;
    if (error != EINTR && !(error == EAGAIN && may_wait)) return refuse(from_os(error));
  }
}

Expected<std::size_t> Transfer::step(std::span<iovec> batch, uint64_t done) {
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

Expected<uint32_t> run(Transfer transfer, IoVecs& vectors) {
  constexpr uint64_t max_offset = std::numeric_limits<off_t>::max();
  if (transfer.offset && *transfer.offset > max_offset - vectors.left()) {
    return refuse(transfer.direction == Direction::write ? Errno::fbig : Errno::inval);
  }
  const bool is_read = transfer.direction == Direction::read;
  const bool may_block = transfer.file.is_stream && transfer.file.host_fd() >= 0;
  const std::size_t slice = may_block && !is_read ? stream_slice_bytes : slice_bytes;
  uint64_t done = 0;
  while (vectors.left() > 0) {
    if (transfer.call.must_stop()) return refuse(Errno::intr);
    const auto batch = vectors.next(slice);
    const std::size_t wanted = total(batch);
    const auto moved = transfer.step(batch, done);
    if (!moved) {
      if (done == 0 || transfer.call.stop) return refuse(moved.error());
      break; // the error comes again with the next call, if it is still true
    }
    done += *moved;
    vectors.advance(*moved);
    if (transfer.call.charge_bytes(*moved)) return refuse(Errno::intr);
    if (is_read && (transfer.file.is_stream || *moved < wanted)) break;
    if (!is_read && *moved == 0) break;
  }
  return static_cast<uint32_t>(done);
}

} // namespace

Expected<IoVecs> read_vectors(Call& call, uint32_t address, uint32_t count) {
  auto made = IoVecs::read(call.memory, address, count, call.limits());
  const uint64_t looked_at = std::min(count, call.limits().iovecs);
  if (made && call.charge_bytes(looked_at * sizeof(uint64_t))) return refuse(Errno::intr);
  return made;
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
