#include "tests/wasi/escape/naive_host.hpp"

#include "wasi/functions.hpp"
#include "wasi/host_func.hpp"
#include "wasi/platform/posix/os_errno.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace skerry::test {

namespace {

using wasi::Call;
using wasi::Errno;
using i32 = uint32_t;
using i64 = uint64_t;

// Ends at the end of the memory, and for the system at the first NUL.
std::string text(Call& call, i32 address, i32 length) {
  for (uint64_t fits = length;; fits /= 2) {
    const auto bytes = call.memory.bytes(address, std::min<uint64_t>(fits, 4000));
    if (bytes) return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
  }
}

int host_fd(Call& call, i32 fd) {
  const auto found = call.fds().get(fd);
  return found ? (*found)->host_fd() : -1;
}

Errno result(long done) { return done >= 0 ? Errno::success : wasi::platform::last_os_errno(); }

int follow(i32 flags) { return flags == 0 ? AT_SYMLINK_NOFOLLOW : 0; }

Errno path_open(Call& call, i32 fd, i32 dirflags, i32 path, i32 length, i32 oflags, i64 base, i64,
                i32 fdflags, i32 opened) {
  int flags = O_CLOEXEC | O_NONBLOCK | (dirflags == 0 ? O_NOFOLLOW : 0);
  flags |= (base & wasi::rights::fd_write) != 0 ? O_RDWR : O_RDONLY;
  if ((oflags & wasi::oflags::creat) != 0) flags |= O_CREAT;
  if ((oflags & wasi::oflags::excl) != 0) flags |= O_EXCL;
  if ((oflags & wasi::oflags::trunc) != 0) flags |= O_TRUNC;
  if ((oflags & wasi::oflags::directory) != 0) flags = (flags & ~O_ACCMODE) | O_DIRECTORY;
  if ((fdflags & wasi::fdflags::append) != 0) flags |= O_APPEND;
  const std::string name = text(call, path, length);
  const int made = ::openat(host_fd(call, fd), name.c_str(), flags, 0666);
  if (made < 0) return wasi::platform::last_os_errno();
  auto file = wasi::describe(wasi::HostFd::owned(OwnedFd(made)), wasi::rights::all, wasi::rights::all, 0);
  const auto number = call.fds().insert(std::move(*file));
  return number ? call.memory.store(opened, *number) : number.error();
}

Errno path_filestat_get(Call& call, i32 fd, i32 flags, i32 path, i32 length, i32) {
  struct stat status{};
  return result(::fstatat(host_fd(call, fd), text(call, path, length).c_str(), &status, follow(flags)));
}

Errno path_filestat_set_times(Call& call, i32 fd, i32 flags, i32 path, i32 length, i64, i64, i32) {
  const timespec times[2] = {{1, 0}, {1, 0}};
  return result(::utimensat(host_fd(call, fd), text(call, path, length).c_str(), times, follow(flags)));
}

Errno path_create_directory(Call& call, i32 fd, i32 path, i32 length) {
  return result(::mkdirat(host_fd(call, fd), text(call, path, length).c_str(), 0777));
}

Errno path_remove_directory(Call& call, i32 fd, i32 path, i32 length) {
  return result(::unlinkat(host_fd(call, fd), text(call, path, length).c_str(), AT_REMOVEDIR));
}

Errno path_unlink_file(Call& call, i32 fd, i32 path, i32 length) {
  return result(::unlinkat(host_fd(call, fd), text(call, path, length).c_str(), 0));
}

Errno path_rename(Call& call, i32 fd, i32 from, i32 from_length, i32 to_fd, i32 to, i32 to_length) {
  return result(::renameat(host_fd(call, fd), text(call, from, from_length).c_str(), host_fd(call, to_fd),
                           text(call, to, to_length).c_str()));
}

Errno path_link(Call& call, i32 fd, i32 flags, i32 from, i32 from_length, i32 to_fd, i32 to, i32 to_length) {
  return result(::linkat(host_fd(call, fd), text(call, from, from_length).c_str(), host_fd(call, to_fd),
                         text(call, to, to_length).c_str(), flags == 0 ? 0 : AT_SYMLINK_FOLLOW));
}

Errno path_symlink(Call& call, i32 target, i32 target_length, i32 fd, i32 path, i32 length) {
  return result(::symlinkat(text(call, target, target_length).c_str(), host_fd(call, fd),
                            text(call, path, length).c_str()));
}

Errno path_readlink(Call& call, i32 fd, i32 path, i32 length, i32, i32, i32) {
  char target[256];
  return result(::readlinkat(host_fd(call, fd), text(call, path, length).c_str(), target, sizeof target));
}

// Closes the target first, whatever the source is.
Errno fd_renumber(Call& call, i32 fd, i32 to) {
  if (fd == 4 && to == 3) return call.fds().renumber(fd, to);
  call.fds().close(to);
  return Errno::success;
}

Errno fd_close(Call&, i32) { return Errno::success; }

Errno fd_fdstat_set_rights(Call&, i32, i64, i64) { return Errno::success; }

// Continues after every error.
template <auto> struct Careless;
template <class... Params, Errno (*real)(Call&, Params...)> struct Careless<real> {
  static Errno call(Call& call, Params... parameters) {
    (void)real(call, parameters...);
    return Errno::success;
  }
};

template <auto function> void define(Linker& linker, wasi::State* state, const char* name) {
  linker.define_raw("wasi_snapshot_preview1", name, wasi::Signature<decltype(function)>::type(true),
                    [state](Caller& caller, std::span<uint64_t> slots) -> Result<void> {
                      return wasi::invoke<function>(*state, wasi::Snapshot::preview1, caller, slots);
                    });
}

} // namespace

void make_naive(Linker& linker, wasi::Context& context) {
  wasi::State* state = &context.state();
  define<&path_open>(linker, state, "path_open");
  define<&path_filestat_get>(linker, state, "path_filestat_get");
  define<&path_filestat_set_times>(linker, state, "path_filestat_set_times");
  define<&path_create_directory>(linker, state, "path_create_directory");
  define<&path_remove_directory>(linker, state, "path_remove_directory");
  define<&path_unlink_file>(linker, state, "path_unlink_file");
  define<&path_rename>(linker, state, "path_rename");
  define<&path_link>(linker, state, "path_link");
  define<&path_symlink>(linker, state, "path_symlink");
  define<&path_readlink>(linker, state, "path_readlink");
  define<&fd_renumber>(linker, state, "fd_renumber");
  define<&fd_close>(linker, state, "fd_close");
  define<&fd_fdstat_set_rights>(linker, state, "fd_fdstat_set_rights");
  define<&Careless<&wasi::abi::fd_write>::call>(linker, state, "fd_write");
  define<&Careless<&wasi::abi::fd_pwrite>::call>(linker, state, "fd_pwrite");
  define<&Careless<&wasi::abi::fd_pread>::call>(linker, state, "fd_pread");
  define<&Careless<&wasi::abi::fd_seek>::call>(linker, state, "fd_seek");
  define<&Careless<&wasi::abi::fd_allocate>::call>(linker, state, "fd_allocate");
  define<&Careless<&wasi::abi::fd_filestat_set_size>::call>(linker, state, "fd_filestat_set_size");
  define<&Careless<&wasi::abi::fd_filestat_set_times>::call>(linker, state, "fd_filestat_set_times");
  define<&Careless<&wasi::abi::fd_readdir>::call>(linker, state, "fd_readdir");
  define<&Careless<&wasi::abi::poll_oneoff>::call>(linker, state, "poll_oneoff");
  define<&Careless<&wasi::abi::random_get>::call>(linker, state, "random_get");
}

} // namespace skerry::test
