// fd_*: functions on a descriptor (fd_readdir has its own file).
#include "wasi/filestat.hpp"
#include "wasi/functions.hpp"
#include "wasi/platform/file_io.hpp"
#include "wasi/quota_change.hpp"
#include "wasi/transfer.hpp"

#include <algorithm>

namespace skerry::wasi::abi {

namespace {

using platform::max_offset;
using platform::Whence;

// Returns the descriptor for a function that changes a file's size or times. Checks for a read-only preopen
// first: a descriptor below one also lacks the rights, but the error must be `rofs`, not `notcapable`.
Expected<Descriptor*> changeable(Call& call, i32 fd, Rights needed) {
  auto file = call.fds().get(fd);
  if (file && (*file)->read_only) return refuse(Errno::rofs);
  return call.fds().get(fd, needed);
}

// Returns the descriptor for a function that needs a file with a position. Fails with `badf` for a directory,
// and with `spipe` for a stream that is not a character device.
Expected<Descriptor*> seekable(Call& call, i32 fd, Rights needed) {
  auto file = call.fds().get(fd);
  if (!file) return file;
  if ((*file)->is_directory()) return refuse(Errno::badf);
  if ((*file)->is_stream && (*file)->type != Filetype::character_device) return refuse(Errno::spipe);
  return call.fds().get(fd, needed);
}

// Returns the descriptor for a function that reads or writes any file or stream. Directories fail with
// `isdir`.
Expected<Descriptor*> transferable(Call& call, i32 fd, Rights needed) {
  auto file = call.fds().get(fd);
  if (!file) return file;
  if ((*file)->is_directory()) return refuse(Errno::isdir);
  return call.fds().get(fd, needed);
}

using Move = Expected<uint32_t> (*)(Call&, Descriptor&, IoVecs&, std::optional<uint64_t>);

Errno transfer(Call& call, Move move, Descriptor& file, i32 iovs, i32 iovs_len, std::optional<i64> offset,
               i32 moved) {
  auto vectors = read_vectors(call, iovs, iovs_len);
  if (!vectors) return vectors.error();
  // Check the result's address before any byte moves, because a byte that was read for a failed call would be
  // lost.
  if (const auto room = call.memory.bytes(moved, 4); !room) return room.error();
  const auto count = move(call, file, *vectors, offset);
  return count ? call.memory.store(moved, *count) : count.error();
}

std::optional<Whence> read_whence(Snapshot snapshot, i32 whence) {
  constexpr Whence preview1[] = {Whence::start, Whence::current, Whence::end};
  constexpr Whence unstable[] = {Whence::current, Whence::end, Whence::start};
  if (whence > 2) return std::nullopt;
  return snapshot == Snapshot::preview1 ? preview1[whence] : unstable[whence];
}

Errno seek(Call& call, const Descriptor& file, i64 offset, Whence whence, i32 newoffset) {
  const auto at = platform::seek(file.host_fd(), static_cast<int64_t>(offset), whence);
  return at ? call.memory.store(newoffset, *at) : at.error();
}

// Calls `resize` to change a file's size, and updates the quota. `size` is the largest size that the file may
// have after the change. If the quota has no room for `size`, fails with `dquot` and does not call `resize`.
template <class F> Errno resize_to(Call& call, const Descriptor& file, uint64_t size, F&& resize) {
  auto change = QuotaChange::begin(call.meter, file.quota.get());
  if (!change) return change.error();
  const int fd = file.host_fd();
  const auto before = platform::status(fd);
  if (!before) return before.error();
  if (size > before->size && size > change->largest(before->size)) return Errno::dquot;
  const Errno error = resize(fd);
  if (const auto after = platform::status(fd)) change->resized(*before, *after);
  return error;
}

Errno set_size(Call& call, const Descriptor& file, uint64_t size) {
  return resize_to(call, file, size, [&](int fd) { return platform::set_size(fd, size); });
}

// How many bytes one system call allocates. File systems in memory clear these bytes during the call.
// Clearing them takes about a millisecond.
constexpr uint64_t allocation_slice = uint64_t{4} << 20;

Errno allocate_slice(int fd, uint64_t offset, uint64_t length) {
  const Errno error = platform::allocate(fd, offset, length);
  if (error != Errno::notsup) return error;
  // The file system cannot reserve space, so only set the file's size.
  const auto status = platform::status(fd);
  if (!status) return error;
  return status->size >= offset + length ? Errno::success : platform::set_size(fd, offset + length);
}

// Checks, before the file grows, that its quota has room for the whole allocation. If not, fails with
// `dquot`.
Errno check_room(Call& call, const Descriptor& file, uint64_t size) {
  auto change = QuotaChange::begin(call.meter, file.quota.get());
  if (!change) return change.error();
  const auto status = platform::status(file.host_fd());
  if (!status) return status.error();
  return size > status->size && size > change->largest(status->size) ? Errno::dquot : Errno::success;
}

// After a failed allocation, shrinks the file back to the size that it had before. The file must shrink
// even if the call's time is over, so this function waits for the quota's lock without a limit.
void undo_growth(const Descriptor& file, const platform::FileStatus& before) {
  HostMeter patient;
  auto change = QuotaChange::begin(patient, file.quota.get());
  const int fd = file.host_fd();
  const auto status = platform::status(fd);
  if (!change || !status || status->size <= before.size) return;
  if (platform::set_size(fd, before.size) == Errno::success) change->resized(*status, before);
}

// Allocates the whole range, or fails and restores the file's size. Each slice takes the quota's lock
// separately, so that other contexts with the same quota do not wait for long.
Errno allocate(Call& call, const Descriptor& file, uint64_t offset, uint64_t length) {
  Errno error = check_room(call, file, offset + length);
  if (error != Errno::success) return error;
  const auto before = platform::status(file.host_fd());
  if (!before) return before.error();
  while (length > 0 && error == Errno::success) {
    const uint64_t slice = std::min(length, allocation_slice), at = offset;
    error = call.meter.spend_bytes(slice)
                ? Errno::intr
                : resize_to(call, file, at + slice, [&](int fd) { return allocate_slice(fd, at, slice); });
    offset += slice;
    length -= slice;
  }
  if (error == Errno::success) return error;
  undo_growth(file, *before);
  return error;
}

// The size of the slices in which a file is written back to disk. Most of the work of fsync is done slice
// by slice before fsync itself is called, so that a call for a large file can stop at its deadline.
constexpr uint64_t sync_slice = uint64_t{4} << 20;

Errno write_back(Call& call, int fd) {
  const auto status = platform::status(fd);
  if (!status) return status.error();
  const uint64_t size = status->is_regular() ? status->size : 0;
  bool can_write_slices = true; // if the system cannot, each slice still costs its price
  for (uint64_t at = 0; at < size; at += sync_slice) {
    if (call.meter.spend(price::sync)) return Errno::intr;
    const Errno error = can_write_slices ? platform::write_back(fd, at, sync_slice) : Errno::notsup;
    can_write_slices = error != Errno::notsup;
    // Return an error of the disk now, because the system reports it only once.
    if (error != Errno::success && can_write_slices) return error;
  }
  return call.meter.spend(price::sync) || call.meter.must_stop() ? Errno::intr : Errno::success;
}

Errno sync(Call& call, const Descriptor& file, bool metadata) {
  if (file.host_fd() < 0) return Errno::success;
  const Errno error = write_back(call, file.host_fd());
  return error == Errno::success ? platform::sync(file.host_fd(), metadata) : error;
}

} // namespace

Errno fd_advise(Call& call, i32 fd, i64 offset, i64 len, i32 advice) {
  const auto file = seekable(call, fd, rights::fd_advise);
  if (!file) return file.error();
  if (advice >= platform::advices || offset > max_offset || len > max_offset) return Errno::inval;
  return platform::advise((*file)->host_fd(), offset, len, static_cast<platform::Advice>(advice));
}

Errno fd_allocate(Call& call, i32 fd, i64 offset, i64 len) {
  auto file = changeable(call, fd, rights::none);
  if (file) file = seekable(call, fd, rights::fd_allocate);
  if (!file) return file.error();
  if (len == 0) return Errno::inval;
  if (offset > max_offset || len > max_offset - offset) return Errno::fbig;
  const Errno error = allocate(call, **file, offset, len);
  if (error == Errno::success) note_changed(call, (*file)->host_fd());
  return error;
}

Errno fd_close(Call& call, i32 fd) { return call.fds().close(fd); }

Errno fd_datasync(Call& call, i32 fd) {
  const auto file = call.fds().get(fd, rights::fd_datasync);
  return file ? sync(call, **file, false) : file.error();
}

Errno fd_fdstat_get(Call& call, i32 fd, i32 fdstat) {
  const auto file = call.fds().get(fd);
  if (!file) return file.error();
  const auto to = call.memory.bytes(fdstat, 24);
  if (!to) return to.error();
  std::fill(to->begin(), to->end(), std::byte{0});
  put(*to, 0, static_cast<uint8_t>((*file)->type));
  put(*to, 2, (*file)->flags);
  put(*to, 8, (*file)->base);
  put(*to, 16, (*file)->inheriting);
  return Errno::success;
}

// The nonblocking flag is only stored in the program's descriptor, and is not set in the system. If a
// descriptor does not have the flag, WASI itself waits until the stream is ready. The synchronizing flags
// (dsync, rsync, sync) cannot be changed, because the system cannot change them for an open file.
Errno fd_fdstat_set_flags(Call& call, i32 fd, i32 flags) {
  const auto file = call.fds().get(fd, rights::fd_fdstat_set_flags);
  if (!file) return file.error();
  if ((flags & ~uint32_t{fdflags::all}) != 0) return Errno::inval;
  const uint32_t changed = flags ^ (*file)->flags;
  if ((changed & (fdflags::dsync | fdflags::rsync | fdflags::sync)) != 0) return Errno::notsup;
  if ((changed & fdflags::append) != 0) {
    const auto* host = std::get_if<HostFd>(&(*file)->resource);
    if (!host || !host->is_owned()) return Errno::notsup; // its flags belong to the embedder
    const Errno error = platform::set_append(host->get(), (flags & fdflags::append) != 0);
    if (error != Errno::success) return error;
  }
  (*file)->flags = static_cast<uint16_t>(flags);
  return Errno::success;
}

Errno fd_fdstat_set_rights(Call& call, i32 fd, i64 base, i64 inheriting) {
  const auto file = call.fds().get(fd);
  if (!file) return file.error();
  if ((base & ~(*file)->base) != 0 || (inheriting & ~(*file)->inheriting) != 0) return Errno::notcapable;
  (*file)->base = base;
  (*file)->inheriting = inheriting;
  return Errno::success;
}

Errno fd_filestat_get(Call& call, i32 fd, i32 filestat) {
  const auto file = call.fds().get(fd, rights::fd_filestat_get);
  if (!file) return file.error();
  const int host_fd = (*file)->host_fd();
  const auto status = host_fd >= 0 ? platform::status(host_fd) : platform::FileStatus{};
  return status ? store_filestat(call, filestat, *status, (*file)->type) : status.error();
}

Errno fd_filestat_set_size(Call& call, i32 fd, i64 size) {
  auto file = changeable(call, fd, rights::none);
  if (file) file = seekable(call, fd, rights::fd_filestat_set_size);
  if (!file) return file.error();
  if (size > max_offset) return Errno::fbig;
  const Errno error = set_size(call, **file, size);
  if (error == Errno::success) note_changed(call, (*file)->host_fd());
  return error;
}

Errno fd_filestat_set_times(Call& call, i32 fd, i64 atim, i64 mtim, i32 fst_flags) {
  const auto file = changeable(call, fd, rights::fd_filestat_set_times);
  if (!file) return file.error();
  const auto times = file_times(call, atim, mtim, fst_flags);
  if (!times) return times.error();
  const int host_fd = (*file)->host_fd();
  const Errno error = platform::set_times(host_fd, *times);
  const auto status = platform::status(host_fd);
  if (error == Errno::success && status) note_times(call, *status, *times);
  return error;
}

Errno fd_pread(Call& call, i32 fd, i32 iovs, i32 iovs_len, i64 offset, i32 nread) {
  auto file = transferable(call, fd, rights::none);
  if (file) file = seekable(call, fd, rights::fd_read | rights::fd_seek);
  if (!file) return file.error();
  return transfer(call, read_into, **file, iovs, iovs_len, offset, nread);
}

Errno fd_prestat_get(Call& call, i32 fd, i32 prestat) {
  const auto file = call.fds().get(fd);
  if (!file) return file.error();
  if (!(*file)->preopen_name) return Errno::badf;
  const auto to = call.memory.bytes(prestat, 8);
  if (!to) return to.error();
  put<uint32_t>(*to, 0, 0); // the tag of a directory, and padding
  put(*to, 4, static_cast<uint32_t>((*file)->preopen_name->size()));
  return Errno::success;
}

Errno fd_prestat_dir_name(Call& call, i32 fd, i32 path, i32 path_len) {
  const auto file = call.fds().get(fd);
  if (!file) return file.error();
  const auto& name = (*file)->preopen_name;
  if (!name) return Errno::badf;
  if (path_len < name->size()) return Errno::nametoolong;
  const auto to = call.memory.bytes(path, name->size());
  if (!to) return to.error();
  if (call.meter.spend_bytes(name->size())) return Errno::intr;
  std::memcpy(to->data(), name->data(), name->size());
  return Errno::success;
}

Errno fd_pwrite(Call& call, i32 fd, i32 iovs, i32 iovs_len, i64 offset, i32 nwritten) {
  auto file = transferable(call, fd, rights::none);
  if (file) file = seekable(call, fd, rights::fd_write | rights::fd_seek);
  if (!file) return file.error();
  return transfer(call, write_from, **file, iovs, iovs_len, offset, nwritten);
}

Errno fd_read(Call& call, i32 fd, i32 iovs, i32 iovs_len, i32 nread) {
  const auto file = transferable(call, fd, rights::fd_read);
  if (!file) return file.error();
  return transfer(call, read_into, **file, iovs, iovs_len, std::nullopt, nread);
}

Errno fd_renumber(Call& call, i32 fd, i32 to) { return call.fds().renumber(fd, to); }

Errno fd_seek(Call& call, i32 fd, i64 offset, i32 whence, i32 newoffset) {
  const auto origin = read_whence(call.snapshot, whence);
  const bool only_tells = offset == 0 && origin == Whence::current;
  const auto file = seekable(call, fd, rights::none);
  if (!file) return file.error();
  if (!origin) return Errno::inval;
  const bool allowed = (*file)->has(rights::fd_seek) || (only_tells && (*file)->has(rights::fd_tell));
  return allowed ? seek(call, **file, offset, *origin, newoffset) : Errno::notcapable;
}

Errno fd_sync(Call& call, i32 fd) {
  const auto file = call.fds().get(fd, rights::fd_sync);
  return file ? sync(call, **file, true) : file.error();
}

Errno fd_tell(Call& call, i32 fd, i32 offset) {
  const auto file = seekable(call, fd, rights::none);
  if (!file) return file.error();
  const bool allowed = (*file)->has(rights::fd_tell) || (*file)->has(rights::fd_seek);
  return allowed ? seek(call, **file, 0, Whence::current, offset) : Errno::notcapable;
}

Errno fd_write(Call& call, i32 fd, i32 iovs, i32 iovs_len, i32 nwritten) {
  const auto file = transferable(call, fd, rights::fd_write);
  if (!file) return file.error();
  return transfer(call, write_from, **file, iovs, iovs_len, std::nullopt, nwritten);
}

} // namespace skerry::wasi::abi
