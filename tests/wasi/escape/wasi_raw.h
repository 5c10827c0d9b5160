// WASI preview 1 as it is imported, with nothing between: lengths are given, nothing is checked.
#pragma once

#include <stdint.h>

typedef uint16_t wasi_errno;
typedef uint32_t wasi_fd;
typedef struct {
  const void* data;
  uint32_t length;
} wasi_iovec;

#define WASI(name)                                                                                           \
  __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) wasi_errno raw_##name

WASI(fd_advise)(wasi_fd, uint64_t offset, uint64_t length, uint32_t advice);
WASI(fd_allocate)(wasi_fd, uint64_t offset, uint64_t length);
WASI(fd_close)(wasi_fd);
WASI(fd_fdstat_get)(wasi_fd, void* stat);
WASI(fd_fdstat_set_flags)(wasi_fd, uint32_t flags);
WASI(fd_fdstat_set_rights)(wasi_fd, uint64_t base, uint64_t inheriting);
WASI(fd_filestat_set_size)(wasi_fd, uint64_t size);
WASI(fd_filestat_set_times)(wasi_fd, uint64_t atim, uint64_t mtim, uint32_t flags);
WASI(fd_pread)(wasi_fd, const wasi_iovec*, uint32_t count, uint64_t offset, uint32_t* moved);
WASI(fd_prestat_get)(wasi_fd, void* prestat);
WASI(fd_pwrite)(wasi_fd, const wasi_iovec*, uint32_t count, uint64_t offset, uint32_t* moved);
WASI(fd_read)(wasi_fd, const wasi_iovec*, uint32_t count, uint32_t* moved);
WASI(fd_readdir)(wasi_fd, void* buffer, uint32_t length, uint64_t cookie, uint32_t* used);
WASI(fd_renumber)(wasi_fd, wasi_fd to);
WASI(fd_seek)(wasi_fd, int64_t offset, uint32_t whence, uint64_t* position);
WASI(fd_write)(wasi_fd, const wasi_iovec*, uint32_t count, uint32_t* moved);
WASI(path_create_directory)(wasi_fd, const char* path, uint32_t length);
WASI(path_filestat_get)(wasi_fd, uint32_t lookup, const char* path, uint32_t length, void* stat);
WASI(path_filestat_set_times)
(wasi_fd, uint32_t lookup, const char* path, uint32_t length, uint64_t atim, uint64_t mtim, uint32_t flags);
WASI(path_link)
(wasi_fd, uint32_t lookup, const char* from, uint32_t from_length, wasi_fd to_fd, const char* to,
 uint32_t to_length);
WASI(path_open)
(wasi_fd, uint32_t lookup, const char* path, uint32_t length, uint32_t oflags, uint64_t base,
 uint64_t inheriting, uint32_t fdflags, wasi_fd* opened);
WASI(path_readlink)(wasi_fd, const char* path, uint32_t length, char* buffer, uint32_t size, uint32_t* used);
WASI(path_remove_directory)(wasi_fd, const char* path, uint32_t length);
WASI(path_rename)
(wasi_fd, const char* from, uint32_t from_length, wasi_fd to_fd, const char* to, uint32_t to_length);
WASI(path_symlink)(const char* target, uint32_t target_length, wasi_fd, const char* path, uint32_t length);
WASI(path_unlink_file)(wasi_fd, const char* path, uint32_t length);
WASI(poll_oneoff)(const void* in, void* out, uint32_t count, uint32_t* events);
WASI(random_get)(void* buffer, uint32_t length);

#undef WASI

enum {
  wasi_success = 0,
  wasi_badf = 8,
  wasi_ilseq = 25,
  wasi_loop = 32,
  wasi_rofs = 69,
  wasi_follow = 1,
  wasi_creat = 1,
  wasi_directory = 2,
  wasi_excl = 4,
  wasi_trunc = 8,
  wasi_append = 1,
};

// Rights, as far as the guests here choose among them.
#define RIGHT_READ (1ull << 1)
#define RIGHT_SEEK (1ull << 2)
#define RIGHT_WRITE (1ull << 6)
#define RIGHT_OPEN (1ull << 13)
#define RIGHT_READDIR (1ull << 14)
#define RIGHTS_ALL ((1ull << 30) - 1)
#define RIGHTS_DIRECTORY (RIGHTS_ALL & ~RIGHT_WRITE) // a directory cannot be opened to write
