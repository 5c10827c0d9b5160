// path_*: functions on a path below a directory.
#include "wasi/filestat.hpp"
#include "wasi/functions.hpp"
#include "wasi/platform/file_io.hpp"
#include "wasi/platform/names.hpp"
#include "wasi/quota_change.hpp"

#include <algorithm>
#include <optional>

namespace skerry::wasi::abi {

namespace {

using platform::FileStatus;
using platform::OpenHow;

struct Request {
  Descriptor* directory;
  GuestPath path;
  int base() const { return directory->host_fd(); }
};

// Returns an open directory that has the `needed` rights. Below a read-only preopen, a needed right to
// change something makes this function fail with `rofs` rather than `notcapable`.
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
  if (call.meter.spend_bytes(std::min<uint64_t>(bytes->size(), call.limits().path_bytes)))
    return refuse(Errno::intr);
  auto parsed = parse_path(*bytes, call.limits().path_bytes);
  if (!parsed) return refuse(parsed.error());
  return Request{*at, std::move(*parsed)};
}

// Returns the place of the path's last component. Does not follow a link there.
Expected<Place> place(Call& call, const Expected<Request>& at) {
  if (!at) return refuse(at.error());
  return call.state.resolver.place(call.meter, at->base(), at->path, false);
}

// Returns the place of the path's last component. Follows a link there if the flags ask for it, or if the
// path ends with a slash.
Expected<Place> final_place(Call& call, const Expected<Request>& at, i32 lookup_flags) {
  if (!at) return refuse(at.error());
  if ((lookup_flags & ~lookupflags::all) != 0) return refuse(Errno::inval);
  const bool follow = (lookup_flags & lookupflags::symlink_follow) != 0 || at->path.wants_directory;
  return call.state.resolver.place(call.meter, at->base(), at->path, follow);
}

// Returns the quota of a directory descriptor, which must be open.
Quota* quota_of(Call& call, i32 fd) { return (*call.fds().get(fd))->quota.get(); }

Expected<FileStatus> status_at(const Place& at) { return platform::status_at(at.directory.get(), at.name); }

// Checks that a path with a trailing slash names an existing directory.
Errno check_directory(const Place& at) {
  const auto status = status_at(at);
  if (!status) return status.error();
  return status->is_directory() ? Errno::success : Errno::notdir;
}

// Returns the error for making a hard or symbolic link at a path with a trailing slash. Only a directory
// may be made at such a path.
Errno refuse_new_with_slash(const Place& at) {
  const auto status = status_at(at);
  if (!status) return status.error();
  return status->is_directory() ? Errno::exist : Errno::notdir;
}

// The facts that a quota needs before a name is made.
struct NewName {
  bool is_new = true;  // the first name of a new file
  uint64_t target = 0; // the length of a symbolic link's target
};

// Makes a name below the directory `fd`, and counts it in the directory's quota. `make` makes the
// name.
template <class F> Errno add_name(Call& call, i32 fd, const Place& at, NewName what, F&& make) {
  auto change = QuotaChange::begin(call.meter, quota_of(call, fd));
  if (!change) return change.error();
  if (!change->has_room_for_name(what.target)) return Errno::dquot;
  const Errno error = make();
  if (error != Errno::success) return error;
  if (const auto made = status_at(at); made)
    change->name_added(*made, what.is_new);
  else
    change->name_added(std::nullopt, what.is_new);
  note_made(call, at.directory.get(), at.name);
  return Errno::success;
}

using Remove = Errno (*)(int directory, const std::string& name) noexcept;

Errno remove_name(Call& call, i32 fd, const Place& at, Remove remove) {
  auto change = QuotaChange::begin(call.meter, quota_of(call, fd));
  if (!change) return change.error();
  const auto before = status_at(at);
  const Errno error = remove(at.directory.get(), at.name);
  if (error != Errno::success || !before) return error;
  change->name_gone(*before);
  note_removed(call, at.directory.get(), *before);
  return Errno::success;
}

bool is_same_file(const FileStatus& a, const FileStatus& b) {
  return a.device == b.device && a.inode == b.inode;
}

// Renames a file. The caller has checked that both directories have the same quota. By POSIX, renaming one
// name of a file to another name of the same file changes nothing.
Errno rename_name(Call& call, i32 fd, const Place& from, const Place& to) {
  auto change = QuotaChange::begin(call.meter, quota_of(call, fd));
  if (!change) return change.error();
  const auto moved = status_at(from), replaced = status_at(to);
  const Errno error = platform::rename(from.directory.get(), from.name, to.directory.get(), to.name);
  if (error != Errno::success || (moved && replaced && is_same_file(*moved, *replaced))) return error;
  if (replaced) {
    change->name_gone(*replaced);
    note_removed(call, to.directory.get(), *replaced);
  }
  note_changed(call, from.directory.get());
  note_changed(call, to.directory.get());
  return Errno::success;
}

struct AskedRights {
  Rights base, inheriting;
};

// Returns the rights that path_open is asked for. A program that asks for none, neither for the file nor to
// pass on, does not use rights: it gets all that the directory passes on. A file is then opened for writing
// only if the call creates or truncates it, because opening for writing can fail where reading is possible.
AskedRights asked_rights(const Descriptor& at, i32 open, Rights base, Rights inheriting) {
  if (base != rights::none || inheriting != rights::none) return {base, inheriting};
  const bool writes = (open & (oflags::creat | oflags::trunc)) != 0;
  return {at.inheriting & (writes ? rights::all : ~rights::writing), at.inheriting};
}

// Returns those of the asked rights that the new descriptor can have.
Rights granted_rights(const Descriptor& at, const AskedRights& asked) {
  Rights granted = asked.base & at.inheriting;
  if (at.read_only) granted &= ~rights::mutating;
  return (granted & rights::needs_writing) != 0 ? granted : granted & ~rights::fd_filestat_set_size;
}

OpenHow open_how(Rights granted, i32 open, i32 fd_flags) {
  const bool read = (granted & (rights::fd_read | rights::fd_readdir)) != 0;
  // The system refuses to open a directory for writing. With oflags::directory, the right fd_write requests
  // write access nevertheless, so that the call fails. The right fd_allocate then does not request write
  // access, so that the call can succeed.
  const bool write =
      (granted & ((open & oflags::directory) != 0 ? rights::fd_write : rights::needs_writing)) != 0;
  return {.read = read || !write,
          .write = write,
          .directory = (open & oflags::directory) != 0,
          .create = (open & oflags::creat) != 0,
          .exclusive = (open & oflags::excl) != 0,
          .truncate = (open & oflags::trunc) != 0,
          .append = (fd_flags & fdflags::append) != 0,
          .sync = (fd_flags & (fdflags::sync | fdflags::rsync)) != 0,
          .data_sync = (fd_flags & fdflags::dsync) != 0};
}

Errno check_open(const Descriptor& at, i32 open, Rights base) {
  const bool creates = (open & oflags::creat) != 0, truncates = (open & oflags::trunc) != 0;
  const bool wants_directory = (open & oflags::directory) != 0;
  if (wants_directory && (creates || truncates)) return Errno::inval;
  if (at.read_only && (creates || truncates || (!wants_directory && (base & rights::needs_writing) != 0)))
    return Errno::rofs;
  if (creates && !at.has(rights::path_create_file)) return Errno::notcapable;
  if (truncates && !at.has(rights::path_filestat_set_size)) return Errno::notcapable;
  return Errno::success;
}

// Opens the file. If the file does not exist, makes it and records it for the quota and for deterministic
// runs. With `how.exclusive`, fails with `exist` if the file exists. Never truncates the file.
Expected<HostFd> open_or_create(Call& call, const Request& at, const OpenHow& how, bool follow,
                                QuotaChange& change) {
  if (at.path.wants_directory) return refuse(Errno::isdir);
  constexpr int max_tries = 32;
  const auto& resolver = call.state.resolver;
  for (int i = 0; i < max_tries; ++i) {
    if (!how.exclusive) {
      OpenHow existing = how;
      existing.create = false;
      auto found = resolver.open(call.meter, at.base(), at.path, existing, follow);
      const auto status = found ? platform::status(found->get()) : refuse(Errno::noent);
      if (status && status->is_directory()) return refuse(Errno::isdir); // as the system does with `create`
      if (found || found.error() != Errno::noent) return found;
    }
    const auto where = resolver.place(call.meter, at.base(), at.path, follow);
    if (!where) return refuse(where.error());
    if (where->wants_directory) return refuse(Errno::isdir);
    if (!change.has_room_for_name()) return refuse(Errno::dquot);
    OpenHow new_one = how;
    new_one.exclusive = true;
    auto made =
        resolver.open(call.meter, where->directory.get(), GuestPath{where->name, false}, new_one, false);
    if (made) {
      if (const auto status = platform::status(made->get())) change.name_added(*status, true);
      note_made(call, where->directory.get(), where->name);
    }
    // `exist` means that another process made the file first. Try again, unless the file had to be new.
    if (made || made.error() != Errno::exist || how.exclusive) return made;
  }
  return refuse(Errno::exist);
}

// Truncates a regular file as OpenHow::truncate does, and gives the bytes back to the quota.
Errno truncate(Call& call, int fd, QuotaChange& change) {
  const auto before = platform::status(fd);
  if (!before) return before.error();
  if (!before->is_regular()) return Errno::success;
  if (const Errno error = platform::set_size(fd, 0); error != Errno::success) return error;
  if (const auto after = platform::status(fd)) change.resized(*before, *after);
  note_changed(call, fd);
  return Errno::success;
}

Expected<HostFd> open_file(Call& call, const Request& at, const OpenHow& how, bool follow) {
  const auto& quota = at.directory->quota;
  const auto& resolver = call.state.resolver;
  if (!quota && !call.state.run) return resolver.open(call.meter, at.base(), at.path, how, follow);
  auto change = QuotaChange::begin(call.meter, quota.get());
  if (!change) return refuse(change.error());
  OpenHow plain = how;
  plain.truncate = false;
  // Truncation needs write access to the file, even if its descriptor will have only the right to read.
  plain.write |= how.truncate;
  auto opened = how.create ? open_or_create(call, at, plain, follow, *change)
                           : resolver.open(call.meter, at.base(), at.path, plain, follow);
  if (!opened) return opened;
  const Errno error = how.truncate ? truncate(call, opened->get(), *change) : Errno::success;
  if (error != Errno::success) return refuse(error);
  const auto status = platform::status(opened->get());
  if (quota && status && status->is_regular()) {
    change->opened(*status);
    opened->count_with(quota); // must be last: closing a counted file takes the lock that `change` holds
  }
  return opened;
}

} // namespace

Errno path_create_directory(Call& call, i32 fd, i32 path, i32 path_len) {
  const auto at = place(call, request(call, fd, rights::path_create_directory, path, path_len));
  if (!at) return at.error();
  if (at->is_dots()) return Errno::exist;
  return add_name(call, fd, *at, {}, [&] { return platform::make_directory(at->directory.get(), at->name); });
}

Errno path_filestat_get(Call& call, i32 fd, i32 flags, i32 path, i32 path_len, i32 filestat) {
  const auto at = final_place(call, request(call, fd, rights::path_filestat_get, path, path_len), flags);
  if (!at) return at.error();
  const auto status = status_at(*at);
  if (!status) return status.error();
  if (at->wants_directory && !status->is_directory()) return Errno::notdir;
  return store_filestat(call, filestat, *status, status->type);
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
  const Errno error = platform::set_times_at(at->directory.get(), at->name, *times);
  if (const auto status = status_at(*at); error == Errno::success && status) {
    note_times(call, *status, *times);
  }
  return error;
}

// Both directories must be writable, because a hard link in a writable preopen to a file of a read-only
// preopen would make that file writable.
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
  if (quota_of(call, old_fd) != quota_of(call, new_fd)) return Errno::xdev;
  return add_name(call, new_fd, *to, {.is_new = false}, [&] {
    return platform::make_link(from->directory.get(), from->name, to->directory.get(), to->name);
  });
}

Errno path_open(Call& call, i32 fd, i32 dirflags, i32 path, i32 path_len, i32 oflags, i64 rights_base,
                i64 rights_inheriting, i32 fdflags, i32 opened_fd) {
  const auto at = request(call, fd, rights::path_open, path, path_len);
  if (!at) return at.error();
  const bool known = (dirflags & ~lookupflags::all) == 0 && (oflags & ~uint32_t{oflags::all}) == 0 &&
                     (fdflags & ~uint32_t{fdflags::all}) == 0;
  if (!known) return Errno::inval;
  const Descriptor& parent = *at->directory;
  const AskedRights asked = asked_rights(parent, oflags, rights_base, rights_inheriting);
  if (const Errno error = check_open(parent, oflags, asked.base); error != Errno::success) return error;
  if (!call.fds().has_room()) return Errno::mfile;
  if (const auto room = call.memory.bytes(opened_fd, 4); !room) return room.error();

  const Rights granted = granted_rights(parent, asked);
  const bool exclusive = (oflags & oflags::creat) != 0 && (oflags & oflags::excl) != 0;
  const bool follow = (dirflags & lookupflags::symlink_follow) != 0 || at->path.wants_directory;
  auto opened = open_file(call, *at, open_how(granted, oflags, fdflags), follow && !exclusive);
  if (!opened) return opened.error();
  auto made = describe(std::move(*opened), granted, asked.inheriting & parent.inheriting,
                       static_cast<uint16_t>(fdflags));
  if (!made) return made.error();
  made->read_only = parent.read_only;
  made->quota = parent.quota;
  const auto number = call.fds().insert(std::move(*made));
  return number ? call.memory.store(opened_fd, *number) : number.error();
}

Errno path_readlink(Call& call, i32 fd, i32 path, i32 path_len, i32 buf, i32 buf_len, i32 bufused) {
  const auto at = final_place(call, request(call, fd, rights::path_readlink, path, path_len), 0);
  if (!at) return at.error();
  const auto target = read_link(call.meter, at->directory.get(), at->name);
  if (!target) return target.error();
  const auto length = static_cast<uint32_t>(std::min<size_t>(target->size(), buf_len));
  const auto to = call.memory.bytes(buf, length);
  if (!to) return to.error();
  std::memcpy(to->data(), target->data(), length);
  return call.memory.store(bufused, length);
}

Errno path_remove_directory(Call& call, i32 fd, i32 path, i32 path_len) {
  const auto at = place(call, request(call, fd, rights::path_remove_directory, path, path_len));
  if (!at) return at.error();
  if (at->is_dots()) return Errno::inval;
  return remove_name(call, fd, *at, platform::remove_directory);
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
  if (quota_of(call, fd) != quota_of(call, new_fd)) return Errno::xdev;
  return rename_name(call, fd, *from, *to);
}

Errno path_symlink(Call& call, i32 old_path, i32 old_path_len, i32 fd, i32 new_path, i32 new_path_len) {
  const auto at = place(call, request(call, fd, rights::path_symlink, new_path, new_path_len));
  if (!at) return at.error();
  const auto bytes = call.memory.bytes(old_path, old_path_len);
  if (!bytes) return bytes.error();
  if (call.meter.spend_bytes(std::min<uint64_t>(bytes->size(), call.limits().path_bytes))) return Errno::intr;
  const auto target = parse_link_target(*bytes, call.limits().path_bytes);
  if (!target) return target.error();
  if (at->is_dots()) return Errno::exist;
  if (at->wants_directory) return refuse_new_with_slash(*at);
  return add_name(call, fd, *at, {.target = target->size()},
                  [&] { return platform::make_symbolic_link(*target, at->directory.get(), at->name); });
}

Errno path_unlink_file(Call& call, i32 fd, i32 path, i32 path_len) {
  const auto at = place(call, request(call, fd, rights::path_unlink_file, path, path_len));
  if (!at) return at.error();
  if (at->is_dots()) return Errno::isdir;
  if (at->wants_directory) {
    const Errno error = check_directory(*at);
    return error == Errno::success ? Errno::isdir : error;
  }
  return remove_name(call, fd, *at, platform::remove_name);
}

} // namespace skerry::wasi::abi
