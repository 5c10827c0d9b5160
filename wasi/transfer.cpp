#include "wasi/transfer.hpp"

#include "wasi/filestat.hpp"
#include "wasi/platform/file_io.hpp"
#include "wasi/platform/streams.hpp"
#include "wasi/quota_change.hpp"
#include "wasi/wait.hpp"

#include <algorithm>
#include <cstring>

namespace skerry::wasi {

namespace {

// The most bytes that one system call moves between two checks of deadline and interrupt. Copying slice_bytes
// takes less than a millisecond.
constexpr size_t slice_bytes = size_t{1} << 20;
// The limit is lower for a write to a stream, because its reader may slow the write down.
constexpr size_t stream_slice_bytes = size_t{64} << 10;

struct Transfer {
  Call& call;
  Descriptor& file;
  Direction direction;
  std::optional<uint64_t> offset;

  Expected<size_t> step(std::span<Buffer> batch, uint64_t done);
  Expected<size_t> host_step(const HostFd& fd, std::span<Buffer> batch, uint64_t done);
  Errno wait_ready(int fd);
  Expected<size_t> system_call(int fd, Buffers batch, uint64_t done) const;
  Expected<uint64_t> position(int fd, uint64_t done) const;
  Expected<size_t> write_counted(int fd, std::span<Buffer> batch, uint64_t done) const;
};

size_t read_bytes(ByteSource& source, std::span<Buffer> batch) {
  size_t done = 0;
  for (const Buffer& one : batch) {
    const size_t length = std::min(one.size(), source.data->size() - source.at);
    std::memcpy(one.data(), source.data->data() + source.at, length);
    source.at += length;
    done += length;
  }
  return done;
}

// Calls the callback only once, for the first vector, because a second call might wait although bytes have
// already been read.
size_t read_bytes(const InputCallback& source, std::span<Buffer> batch) {
  return std::min(source(batch[0]), batch[0].size());
}

Expected<size_t> write_bytes(const OutputCallback& sink, std::span<Buffer> batch) {
  size_t done = 0;
  for (const Buffer& one : batch) {
    const size_t taken = sink(one);
    done += std::min(taken, one.size());
    if (taken < one.size()) break;
  }
  if (done == 0) return refuse(Errno::nospc);
  return done;
}

Errno Transfer::wait_ready(int fd) {
  if ((file.flags & fdflags::nonblock) != 0) return is_ready(fd, direction) ? Errno::success : Errno::again;
  return wait_for(call, fd, direction);
}

Expected<size_t> Transfer::system_call(int fd, Buffers batch, uint64_t done) const {
  if (direction == Direction::read) {
    if (offset) return platform::read_at(fd, batch, *offset + done);
    return file.is_stream ? platform::read_without_waiting(fd, file.stream, batch)
                          : platform::read(fd, batch);
  }
  if (offset) return platform::write_at(fd, batch, *offset + done);
  return file.is_stream ? platform::write_without_waiting(fd, file.stream, batch)
                        : platform::write(fd, batch);
}

// Returns the first `size` bytes of the vectors.
std::span<Buffer> shorten(std::span<Buffer> batch, uint64_t size) {
  for (size_t i = 0; i < batch.size(); ++i) {
    if (batch[i].size() > size) {
      batch[i] = batch[i].first(static_cast<size_t>(size));
      return batch.first(i + 1);
    }
    size -= batch[i].size();
  }
  return batch;
}

// Returns the position in the file of the next byte to write, when `done` bytes have been written.
Expected<uint64_t> Transfer::position(int fd, uint64_t done) const {
  if (offset) return *offset + done;
  return platform::seek(fd, 0, platform::Whence::current);
}

// Writes at most as many bytes as the file's quota has room for, and counts the written bytes in the quota.
Expected<size_t> Transfer::write_counted(int fd, std::span<Buffer> batch, uint64_t done) const {
  auto change = QuotaChange::begin(call.meter, file.quota.get());
  if (!change) return refuse(change.error());
  const auto before = platform::status(fd);
  if (!before) return refuse(before.error());
  const uint64_t size = before->size;
  const bool appends = (file.flags & fdflags::append) != 0;
  const uint64_t at = appends ? size : position(fd, done).value_or(size);
  if (const uint64_t end = at + bytes_in(batch); end > size && end > change->largest(size)) {
    const uint64_t room = std::max(size, change->largest(size));
    if (room <= at) return refuse(Errno::dquot);
    batch = shorten(batch, room - at);
  }
  const auto written = system_call(fd, batch, done);
  if (const auto after = platform::status(fd)) change->resized(*before, *after);
  return written;
}

Expected<size_t> Transfer::host_step(const HostFd& fd, std::span<Buffer> batch, uint64_t done) {
  // If a FIFO has no writer, the system's read reports the end of the file at once. The program must not see
  // that end, because a writer may still come. So reads wait first.
  const bool reads = direction == Direction::read;
  bool waits = file.is_stream && (reads || platform::must_wait_first(file.stream));
  for (;;) {
    if (waits) {
      if (const Errno error = wait_ready(fd.get()); error != Errno::success) return refuse(error);
    }
    const bool is_counted = direction == Direction::write && file.quota && !file.is_stream;
    const auto moved = is_counted ? write_counted(fd.get(), batch, done) : system_call(fd.get(), batch, done);
    if (moved) return moved;
    if (call.meter.must_stop()) return refuse(Errno::intr);
    if (moved.error() == Errno::again && file.is_stream && (file.flags & fdflags::nonblock) == 0)
      waits = true; // not ready, or another process took the bytes
    else if (moved.error() != Errno::intr)
      return moved;
  }
}

Expected<size_t> Transfer::step(std::span<Buffer> batch, uint64_t done) {
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
  // The limit is lowest for a stream on which a write might block.
  return platform::must_wait_first(file.stream) ? platform::ready_bytes() : stream_slice_bytes;
}

Expected<uint32_t> run(Transfer transfer, IoVecs& vectors) {
  if (transfer.offset && *transfer.offset > platform::max_offset - vectors.left()) {
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
