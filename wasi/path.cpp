// path_*: what is done with a name below a directory.
#include "wasi/filestat.hpp"
#include "wasi/functions.hpp"
#include "wasi/os_errno.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace skerry::wasi::abi {

namespace {

// Less what the embedder's umask takes away.
constexpr mode_t new_file_mode = 0666;
constexpr mode_t new_directory_mode = 0777;
constexpr Rights writing = rights::fd_write | rights::fd_allocate | rights::fd_filestat_set_size;

struct Request {
  Descriptor* directory;
  GuestPath path;
  int base() const { return directory->host_fd(); }
};

// A directory that has the rights, which says "read-only" rather than "no right" where that is why.
Expected<Descriptor*> directory(Call& call, i32 fd, Rights needed) {
  auto found = call.fds().get(fd);
  if (!found) return found;
  if (!(*found)->is_directory()) return refuse(Errno::notdir);
  if ((*found)->read_only && (needed & rights::mutating) != 0) return refuse(Errno::rofs);
  return call.fds().get(fd, needed);
}

Expected<Request> request(Call& call, i32 fd, Rights needed, i32 path, i32 path_len) {
  const auto at = directory(call, fd, needed);
  if (!at) return refuse(at.error());
  const auto bytes = call.memory.bytes(path, path_len);
  if (!bytes) return refuse(bytes.error());
  auto parsed = parse_path(*bytes, call.limits().path_bytes);
  if (!parsed) return refuse(parsed.error());
  return Request{*at, std::move(*parsed)};
}

// The place of the last component, which is not followed.
Expected<Place> place(Call& call, const Expected<Request>& at) {
  if (!at) return refuse(at.error());
  return call.state.resolver.place(at->base(), at->path, false);
}

// The place of what is meant when links are followed, or else only where a trailing slash says so.
Expected<Place> final_place(Call& call, const Expected<Request>& at, i32 lookup_flags) {
  if (!at) return refuse(at.error());
  if ((lookup_flags & ~lookupflags::all) != 0) return refuse(Errno::inval);
  const bool follow = (lookup_flags & lookupflags::symlink_follow) != 0 || at->path.wants_directory;
  return call.state.resolver.place(at->base(), at->path, follow);
}

Errno result(int system_result) { return system_result == 0 ? Errno::success : last_os_errno(); }

Expected<struct stat> status_at(const Place& at) {
  struct stat status{};
  if (::fstatat(at.directory.get(), at.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return refuse(last_os_errno());
  }
  return status;
}

// What a trailing slash demands of an existing file.
Errno check_directory(const Place& at) {
  const auto status = status_at(at);
  if (!status) return status.error();
  return S_ISDIR(status->st_mode) ? Errno::success : Errno::notdir;
}

// Something that is no directory cannot be made under a name with a trailing slash.
Errno refuse_new_with_slash(const Place& at) {
  const auto status = status_at(at);
  if (!status) return status.error();
  return S_ISDIR(status->st_mode) ? Errno::exist : Errno::notdir;
}

int open_flags(Rights granted, i32 open, i32 fd_flags) {
  const bool read = (granted & (rights::fd_read | rights::fd_readdir)) != 0;
  // A directory asked for with the right to write is refused by the system, as it must be; the others are
  // harmless.
  const bool write = (granted & ((open & oflags::directory) != 0 ? rights::fd_write : writing)) != 0;
  // Never wait in open, and never for a terminal: what blocks is waited for when it is used.
  int flags = (write ? (read ? O_RDWR : O_WRONLY) : O_RDONLY) | O_NONBLOCK | O_NOCTTY;
  if ((open & oflags::creat) != 0) flags |= O_CREAT;
  if ((open & oflags::directory) != 0) flags |= O_DIRECTORY;
  if ((open & oflags::excl) != 0) flags |= O_EXCL;
  if ((open & oflags::trunc) != 0) flags |= O_TRUNC;
  if ((fd_flags & fdflags::append) != 0) flags |= O_APPEND;
  if ((fd_flags & fdflags::dsync) != 0) flags |= O_DSYNC;
  if ((fd_flags & (fdflags::sync | fdflags::rsync)) != 0) flags |= O_SYNC;
  return flags;
}

Errno check_open(const Descriptor& at, i32 open, Rights base) {
  const bool creates = (open & oflags::creat) != 0, truncates = (open & oflags::trunc) != 0;
  const bool wants_directory = (open & oflags::directory) != 0;
  if (wants_directory && (creates || truncates)) return Errno::inval;
  if (at.read_only && (creates || truncates || (!wants_directory && (base & writing) != 0)))
    return Errno::rofs;
  if (creates && !at.has(rights::path_create_file)) return Errno::notcapable;
  if (truncates && !at.has(rights::path_filestat_set_size)) return Errno::notcapable;
  return Errno::success;
}

} // namespace

Errno path_create_directory(Call& call, i32 fd, i32 path, i32 path_len) {
  const auto at = place(call, request(call, fd, rights::path_create_directory, path, path_len));
  if (!at) return at.error();
  if (at->is_dots()) return Errno::exist;
  return result(::mkdirat(at->directory.get(), at->name.c_str(), new_directory_mode));
}

Errno path_filestat_get(Call& call, i32 fd, i32 flags, i32 path, i32 path_len, i32 filestat) {
  const auto at = final_place(call, request(call, fd, rights::path_filestat_get, path, path_len), flags);
  if (!at) return at.error();
  const auto status = status_at(*at);
  if (!status) return status.error();
  if (at->wants_directory && !S_ISDIR(status->st_mode)) return Errno::notdir;
  return store_filestat(call, filestat, *status, filetype_of(status->st_mode));
}

Errno path_filestat_set_times(Call& call, i32 fd, i32 flags, i32 path, i32 path_len, i64 atim, i64 mtim,
                              i32 fst_flags) {
  const auto at =
      final_place(call, request(call, fd, rights::path_filestat_set_times, path, path_len), flags);
  if (!at) return at.error();
  const auto times = file_times(call, atim, mtim, fst_flags);
  if (!times) return times.error();
  if (at->wants_directory) {
    if (const Errno error = check_directory(*at); error != Errno::success) return error;
  }
  return result(::utimensat(at->directory.get(), at->name.c_str(), times->data(), AT_SYMLINK_NOFOLLOW));
}

// A link from a read-only preopen into a writable one would make the file writable: both ends must be.
Errno path_link(Call& call, i32 old_fd, i32 old_flags, i32 old_path, i32 old_path_len, i32 new_fd,
                i32 new_path, i32 new_path_len) {
  const auto from =
      final_place(call, request(call, old_fd, rights::path_link_source, old_path, old_path_len), old_flags);
  if (!from) return from.error();
  const auto to = place(call, request(call, new_fd, rights::path_link_target, new_path, new_path_len));
  if (!to) return to.error();
  if (from->is_dots()) return Errno::perm;
  if (to->is_dots()) return Errno::exist;
  if (from->wants_directory) {
    const Errno error = check_directory(*from);
    return error == Errno::success ? Errno::perm : error;
  }
  if (to->wants_directory) return refuse_new_with_slash(*to);
  return result(
      ::linkat(from->directory.get(), from->name.c_str(), to->directory.get(), to->name.c_str(), 0));
}

Errno path_open(Call& call, i32 fd, i32 dirflags, i32 path, i32 path_len, i32 oflags, i64 rights_base,
                i64 rights_inheriting, i32 fdflags, i32 opened_fd) {
  const auto at = request(call, fd, rights::path_open, path, path_len);
  if (!at) return at.error();
  const bool known = (dirflags & ~lookupflags::all) == 0 && (oflags & ~uint32_t{oflags::all}) == 0 &&
                     (fdflags & ~uint32_t{fdflags::all}) == 0;
  if (!known) return Errno::inval;
  const Descriptor& parent = *at->directory;
  if (const Errno error = check_open(parent, oflags, rights_base); error != Errno::success) return error;
  if (!call.fds().has_room()) return Errno::mfile;
  if (const auto room = call.memory.bytes(opened_fd, 4); !room) return room.error();

  const Rights granted = rights_base & parent.inheriting;
  const bool exclusive = (oflags & oflags::creat) != 0 && (oflags & oflags::excl) != 0;
  const bool follow = (dirflags & lookupflags::symlink_follow) != 0 || at->path.wants_directory;
  auto opened = call.state.resolver.open(at->base(), at->path, open_flags(granted, oflags, fdflags),
                                         new_file_mode, follow && !exclusive);
  if (!opened) return opened.error();
  auto made = describe(std::move(*opened), granted, rights_inheriting & parent.inheriting,
                       static_cast<uint16_t>(fdflags));
  if (!made) return made.error();
  made->read_only = parent.read_only;
  const auto number = call.fds().insert(std::move(*made));
  return number ? call.memory.store(opened_fd, *number) : number.error();
}

Errno path_readlink(Call& call, i32 fd, i32 path, i32 path_len, i32 buf, i32 buf_len, i32 bufused) {
  const auto at = final_place(call, request(call, fd, rights::path_readlink, path, path_len), 0);
  if (!at) return at.error();
  const auto target = read_link(at->directory.get(), at->name);
  if (!target) return target.error();
  const auto length = static_cast<uint32_t>(std::min<std::size_t>(target->size(), buf_len));
  const auto to = call.memory.bytes(buf, length);
  if (!to) return to.error();
  std::memcpy(to->data(), target->data(), length);
  return call.memory.store(bufused, length);
}

Errno path_remove_directory(Call& call, i32 fd, i32 path, i32 path_len) {
  const auto at = place(call, request(call, fd, rights::path_remove_directory, path, path_len));
  if (!at) return at.error();
  if (at->is_dots()) return Errno::inval;
  return result(::unlinkat(at->directory.get(), at->name.c_str(), AT_REMOVEDIR));
}

Errno path_rename(Call& call, i32 fd, i32 old_path, i32 old_path_len, i32 new_fd, i32 new_path,
                  i32 new_path_len) {
  const auto from = place(call, request(call, fd, rights::path_rename_source, old_path, old_path_len));
  if (!from) return from.error();
  const auto to = place(call, request(call, new_fd, rights::path_rename_target, new_path, new_path_len));
  if (!to) return to.error();
  if (from->is_dots() || to->is_dots()) return Errno::busy;
  if (from->wants_directory || to->wants_directory) {
    if (const Errno error = check_directory(*from); error != Errno::success) return error;
  }
  return result(::renameat(from->directory.get(), from->name.c_str(), to->directory.get(), to->name.c_str()));
}

Errno path_symlink(Call& call, i32 old_path, i32 old_path_len, i32 fd, i32 new_path, i32 new_path_len) {
  const auto at = place(call, request(call, fd, rights::path_symlink, new_path, new_path_len));
  if (!at) return at.error();
  const auto bytes = call.memory.bytes(old_path, old_path_len);
  if (!bytes) return bytes.error();
  const auto target = parse_link_target(*bytes, call.limits().path_bytes);
  if (!target) return target.error();
  if (at->is_dots()) return Errno::exist;
  if (at->wants_directory) return refuse_new_with_slash(*at);
  return result(::symlinkat(target->c_str(), at->directory.get(), at->name.c_str()));
}

Errno path_unlink_file(Call& call, i32 fd, i32 path, i32 path_len) {
  const auto at = place(call, request(call, fd, rights::path_unlink_file, path, path_len));
  if (!at) return at.error();
  if (at->is_dots()) return Errno::isdir;
  if (at->wants_directory) {
    const Errno error = check_directory(*at);
    return error == Errno::success ? Errno::isdir : error;
  }
  return result(::unlinkat(at->directory.get(), at->name.c_str(), 0));
}

} // namespace skerry::wasi::abi
