// The table that translates the error numbers of POSIX to those of WASI.
#include "wasi/platform/posix/os_errno.hpp"

#include "wasi/platform/errno_message.hpp"

#include <cerrno>
#include <cstring>

namespace skerry::wasi::platform {

namespace {

struct Row {
  int os;
  Errno wasi;
};

constexpr Row rows[] = {
    {E2BIG, Errno::toobig},
    {EACCES, Errno::acces},
    {EADDRINUSE, Errno::addrinuse},
    {EADDRNOTAVAIL, Errno::addrnotavail},
    {EAFNOSUPPORT, Errno::afnosupport},
    {EAGAIN, Errno::again},
    {EALREADY, Errno::already},
    {EBADF, Errno::badf},
    {EBUSY, Errno::busy},
    {ECONNABORTED, Errno::connaborted},
    {ECONNREFUSED, Errno::connrefused},
    {ECONNRESET, Errno::connreset},
    {EDEADLK, Errno::deadlk},
    {EDESTADDRREQ, Errno::destaddrreq},
    {EDQUOT, Errno::dquot},
    {EEXIST, Errno::exist},
    {EFAULT, Errno::fault},
    {EFBIG, Errno::fbig},
    {EHOSTUNREACH, Errno::hostunreach},
    {EILSEQ, Errno::ilseq},
    {EINPROGRESS, Errno::inprogress},
    {EINTR, Errno::intr},
    {EINVAL, Errno::inval},
    {EISCONN, Errno::isconn},
    {EISDIR, Errno::isdir},
    {ELOOP, Errno::loop},
    {EMFILE, Errno::mfile},
    {EMLINK, Errno::mlink},
    {EMSGSIZE, Errno::msgsize},
    {ENAMETOOLONG, Errno::nametoolong},
    {ENETDOWN, Errno::netdown},
    {ENETRESET, Errno::netreset},
    {ENETUNREACH, Errno::netunreach},
    {ENFILE, Errno::nfile},
    {ENOBUFS, Errno::nobufs},
    {ENODEV, Errno::nodev},
    {ENOENT, Errno::noent},
    {ENOLCK, Errno::nolck},
    {ENOMEM, Errno::nomem},
    {ENOPROTOOPT, Errno::noprotoopt},
    {ENOSPC, Errno::nospc},
    {ENOSYS, Errno::nosys},
    {ENOTCONN, Errno::notconn},
    {ENOTDIR, Errno::notdir},
    {ENOTEMPTY, Errno::notempty},
    {ENOTSOCK, Errno::notsock},
    {EOPNOTSUPP, Errno::notsup},
    {ENOTSUP, Errno::notsup},
    {ENOTTY, Errno::notty},
    {ENXIO, Errno::nxio},
    {EOVERFLOW, Errno::overflow},
    {EPERM, Errno::perm},
    {EPIPE, Errno::pipe},
    {ERANGE, Errno::range},
    {EROFS, Errno::rofs},
    {ESPIPE, Errno::spipe},
    {ESTALE, Errno::stale},
    {ETIMEDOUT, Errno::timedout},
    {ETXTBSY, Errno::txtbsy},
    {EXDEV, Errno::xdev},
};

} // namespace

Errno from_os(int os_errno) noexcept {
  if (os_errno == 0) return Errno::success;
  for (const Row& row : rows) {
    if (row.os == os_errno) return row.wasi;
  }
  return Errno::io;
}

Errno last_os_errno() noexcept { return from_os(errno); }

std::string message_of(Errno error) {
  for (const Row& row : rows) {
    if (row.wasi == error) return std::strerror(row.os);
  }
  return std::strerror(error == Errno::success ? 0 : EIO);
}

} // namespace skerry::wasi::platform
