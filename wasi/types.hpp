// Numbers of the WASI ABI (preview 1, witx): errors, rights, flags, kinds. The names are those of the
// specification.
#pragma once

#include "skerry/expected.hpp"

#include <cstdint>

namespace skerry::wasi {

enum class Errno : uint16_t {
  success = 0,
  toobig = 1, // "2big"
  acces,
  addrinuse,
  addrnotavail,
  afnosupport,
  again,
  already,
  badf,
  badmsg,
  busy,
  canceled,
  child,
  connaborted,
  connrefused,
  connreset,
  deadlk,
  destaddrreq,
  dom,
  dquot,
  exist,
  fault,
  fbig,
  hostunreach,
  idrm,
  ilseq,
  inprogress,
  intr,
  inval,
  io,
  isconn,
  isdir,
  loop,
  mfile,
  mlink,
  msgsize,
  multihop,
  nametoolong,
  netdown,
  netreset,
  netunreach,
  nfile,
  nobufs,
  nodev,
  noent,
  noexec,
  nolck,
  nolink,
  nomem,
  nomsg,
  noprotoopt,
  nospc,
  nosys,
  notconn,
  notdir,
  notempty,
  notrecoverable,
  notsock,
  notsup,
  notty,
  nxio,
  overflow,
  ownerdead,
  perm,
  pipe,
  proto,
  protonosupport,
  prototype,
  range,
  rofs,
  spipe,
  srch,
  stale,
  timedout,
  txtbsy,
  xdev,
  notcapable = 76,
};

template <class T> using Expected = skerry::Expected<T, Errno>;
/// Makes the error result of a function that returns an Expected: `return refuse(Errno::badf)`.
inline Unexpected<Errno> refuse(Errno error) { return Unexpected<Errno>(error); }

/// A set of rights.
using Rights = uint64_t;
namespace rights {
inline constexpr Rights fd_datasync = 1u << 0, fd_read = 1u << 1, fd_seek = 1u << 2,
                        fd_fdstat_set_flags = 1u << 3, fd_sync = 1u << 4, fd_tell = 1u << 5,
                        fd_write = 1u << 6, fd_advise = 1u << 7, fd_allocate = 1u << 8,
                        path_create_directory = 1u << 9, path_create_file = 1u << 10,
                        path_link_source = 1u << 11, path_link_target = 1u << 12, path_open = 1u << 13,
                        fd_readdir = 1u << 14, path_readlink = 1u << 15, path_rename_source = 1u << 16,
                        path_rename_target = 1u << 17, path_filestat_get = 1u << 18,
                        path_filestat_set_size = 1u << 19, path_filestat_set_times = 1u << 20,
                        fd_filestat_get = 1u << 21, fd_filestat_set_size = 1u << 22,
                        fd_filestat_set_times = 1u << 23, path_symlink = 1u << 24,
                        path_remove_directory = 1u << 25, path_unlink_file = 1u << 26,
                        poll_fd_readwrite = 1u << 27, sock_shutdown = 1u << 28, sock_accept = 1u << 29;

inline constexpr Rights none = 0;
inline constexpr Rights all = (1u << 30) - 1;
/// Rights that apply to a directory.
inline constexpr Rights directory =
    fd_fdstat_set_flags | fd_sync | fd_datasync | fd_advise | path_create_directory | path_create_file |
    path_link_source | path_link_target | path_open | fd_readdir | path_readlink | path_rename_source |
    path_rename_target | path_filestat_get | path_filestat_set_size | path_filestat_set_times |
    fd_filestat_get | fd_filestat_set_times | path_symlink | path_remove_directory | path_unlink_file |
    poll_fd_readwrite;
/// Rights that apply to a stream without a position: pipes, terminals, callbacks.
inline constexpr Rights stream =
    fd_datasync | fd_read | fd_fdstat_set_flags | fd_sync | fd_write | fd_filestat_get | poll_fd_readwrite;
/// Rights that apply to a regular file or a device.
inline constexpr Rights file =
    stream | fd_seek | fd_tell | fd_advise | fd_allocate | fd_filestat_set_size | fd_filestat_set_times;
inline constexpr Rights socket = stream | sock_shutdown | sock_accept;
/// Rights for which a file is opened for writing. fd_filestat_set_size alone does not do this: Go asks for it
/// when it opens a file or a directory for reading.
inline constexpr Rights needs_writing = fd_write | fd_allocate;
/// Rights to change the contents of an open file.
inline constexpr Rights writing = needs_writing | fd_filestat_set_size;
/// Rights to change something on disk; never given below a read-only preopen.
inline constexpr Rights mutating =
    fd_write | fd_allocate | path_create_directory | path_create_file | path_link_source | path_link_target |
    path_rename_source | path_rename_target | path_filestat_set_size | path_filestat_set_times |
    fd_filestat_set_size | fd_filestat_set_times | path_symlink | path_remove_directory | path_unlink_file;
} // namespace rights

enum class Filetype : uint8_t {
  unknown,
  block_device,
  character_device,
  directory,
  regular_file,
  socket_dgram,
  socket_stream,
  symbolic_link,
};

namespace fdflags {
inline constexpr uint16_t append = 1, dsync = 2, nonblock = 4, rsync = 8, sync = 16, all = 31;
}
namespace oflags {
inline constexpr uint16_t creat = 1, directory = 2, excl = 4, trunc = 8, all = 15;
}
namespace fstflags {
inline constexpr uint16_t atim = 1, atim_now = 2, mtim = 4, mtim_now = 8, all = 15;
}
namespace lookupflags {
inline constexpr uint32_t symlink_follow = 1, all = 1;
}
namespace clockid {
inline constexpr uint32_t realtime = 0, monotonic = 1, process_cputime = 2, thread_cputime = 3;
}
namespace eventtype {
inline constexpr uint8_t clock = 0, fd_read = 1, fd_write = 2;
}

/// The WASI snapshot that a program was compiled for, which decides some layouts and values.
enum class Snapshot : uint8_t { preview1, unstable };

} // namespace skerry::wasi
