#include "wasi/os_errno.hpp"

#include <cerrno>

namespace skerry::wasi {

Errno from_os(int os_errno) noexcept {
  switch (os_errno) {
  case 0: return Errno::success;
  case E2BIG: return Errno::toobig;
  case EACCES: return Errno::acces;
  case EADDRINUSE: return Errno::addrinuse;
  case EADDRNOTAVAIL: return Errno::addrnotavail;
  case EAFNOSUPPORT: return Errno::afnosupport;
  case EAGAIN: return Errno::again;
  case EALREADY: return Errno::already;
  case EBADF: return Errno::badf;
  case EBUSY: return Errno::busy;
  case ECONNABORTED: return Errno::connaborted;
  case ECONNREFUSED: return Errno::connrefused;
  case ECONNRESET: return Errno::connreset;
  case EDEADLK: return Errno::deadlk;
  case EDESTADDRREQ: return Errno::destaddrreq;
  case EDQUOT: return Errno::dquot;
  case EEXIST: return Errno::exist;
  case EFAULT: return Errno::fault;
  case EFBIG: return Errno::fbig;
  case EHOSTUNREACH: return Errno::hostunreach;
  case EILSEQ: return Errno::ilseq;
  case EINPROGRESS: return Errno::inprogress;
  case EINTR: return Errno::intr;
  case EINVAL: return Errno::inval;
  case EISCONN: return Errno::isconn;
  case EISDIR: return Errno::isdir;
  case ELOOP: return Errno::loop;
  case EMFILE: return Errno::mfile;
  case EMLINK: return Errno::mlink;
  case EMSGSIZE: return Errno::msgsize;
  case ENAMETOOLONG: return Errno::nametoolong;
  case ENETDOWN: return Errno::netdown;
  case ENETRESET: return Errno::netreset;
  case ENETUNREACH: return Errno::netunreach;
  case ENFILE: return Errno::nfile;
  case ENOBUFS: return Errno::nobufs;
  case ENODEV: return Errno::nodev;
  case ENOENT: return Errno::noent;
  case ENOLCK: return Errno::nolck;
  case ENOMEM: return Errno::nomem;
  case ENOPROTOOPT: return Errno::noprotoopt;
  case ENOSPC: return Errno::nospc;
  case ENOSYS: return Errno::nosys;
  case ENOTCONN: return Errno::notconn;
  case ENOTDIR: return Errno::notdir;
  case ENOTEMPTY: return Errno::notempty;
  case ENOTSOCK: return Errno::notsock;
  case EOPNOTSUPP: return Errno::notsup;
  case ENOTTY: return Errno::notty;
  case ENXIO: return Errno::nxio;
  case EOVERFLOW: return Errno::overflow;
  case EPERM: return Errno::perm;
  case EPIPE: return Errno::pipe;
  case ERANGE: return Errno::range;
  case EROFS: return Errno::rofs;
  case ESPIPE: return Errno::spipe;
  case ESTALE: return Errno::stale;
  case ETIMEDOUT: return Errno::timedout;
  case ETXTBSY: return Errno::txtbsy;
  case EXDEV: return Errno::xdev;
  default: return Errno::io;
  }
}

Errno last_os_errno() noexcept { return from_os(errno); }

Filetype filetype_of(mode_t mode) noexcept {
  switch (mode & S_IFMT) {
  case S_IFBLK: return Filetype::block_device;
  case S_IFCHR: return Filetype::character_device;
  case S_IFDIR: return Filetype::directory;
  case S_IFREG: return Filetype::regular_file;
  case S_IFLNK: return Filetype::symbolic_link;
  case S_IFSOCK: return Filetype::socket_stream;
  default: return Filetype::unknown;
  }
}

} // namespace skerry::wasi
