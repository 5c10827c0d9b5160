// The probes of the escape battery, as a hostile program. "probes NAME MODE HOST" makes one attempt: exit
// status 0 when the sandbox held, 1 when something succeeded that must not, with the reason on stdout. MODE
// is rw or ro, that of descriptor 3; HOST is where all of it lies on the host. "probes" prints all names.
//
// Given are descriptor 3, a directory with what escape_test.cpp puts there; 4, its folder "dir", read-only;
// and 5, the host's /proc/self, read-only.
#include "wasi_raw.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_write;
static const char* host;

static bool breach(const char* what, const char* path) {
  printf("breach: %s %s\n", what, path);
  return false;
}

static uint32_t len(const char* text) { return (uint32_t)strlen(text); }

static wasi_errno open_at(wasi_fd base, const char* path, uint32_t lookup, uint32_t oflags, uint64_t rights,
                          wasi_fd* opened) {
  return raw_path_open(base, lookup, path, len(path), oflags, rights, RIGHTS_ALL, 0, opened);
}

// ---- attempts on a path: each is true when it was refused
// -------------------------------------------------------

static bool refuses_open(wasi_fd base, const char* path, uint32_t lookup, uint32_t oflags, uint64_t rights) {
  wasi_fd fd;
  if (open_at(base, path, lookup, oflags, rights, &fd) != wasi_success) return true;
  raw_fd_close(fd);
  return breach("opened", path);
}
static bool read_at(const char* path) {
  return refuses_open(3, path, wasi_follow, 0, RIGHT_READ | RIGHT_SEEK);
}
static bool write_at(const char* path) {
  wasi_fd fd;
  uint32_t moved;
  if (open_at(3, path, wasi_follow, 0, RIGHT_WRITE, &fd) != wasi_success) return true;
  const wasi_iovec text = {"overwritten", 11};
  raw_fd_write(fd, &text, 1, &moved);
  return breach("opened to write", path);
}
static bool create_at(const char* path) {
  return refuses_open(3, path, wasi_follow, wasi_creat, RIGHT_WRITE);
}
static bool create_anew_at(const char* path) {
  return refuses_open(3, path, wasi_follow, wasi_creat | wasi_excl, RIGHT_WRITE);
}
static bool truncate_at(const char* path) {
  return refuses_open(3, path, wasi_follow, wasi_trunc, RIGHT_WRITE);
}
static bool truncate_to_read_at(const char* path) {
  return refuses_open(3, path, wasi_follow, wasi_trunc, RIGHT_READ);
}
static bool list_at(const char* path) {
  return refuses_open(3, path, wasi_follow, wasi_directory, RIGHT_READDIR | RIGHT_OPEN);
}
static bool list_unfollowed_at(const char* path) {
  return refuses_open(3, path, 0, wasi_directory, RIGHT_READDIR | RIGHT_OPEN);
}
static bool read_unfollowed_at(const char* path) { return refuses_open(3, path, 0, 0, RIGHT_READ); }
static char stat_buffer[64];
static bool stat_at(const char* path) {
  const bool refused = raw_path_filestat_get(3, wasi_follow, path, len(path), stat_buffer) != wasi_success;
  return refused || breach("described", path);
}
static bool stat_unfollowed_at(const char* path) {
  const bool refused = raw_path_filestat_get(3, 0, path, len(path), stat_buffer) != wasi_success;
  return refused || breach("described", path);
}
static bool touch_at(const char* path) {
  const bool refused = raw_path_filestat_set_times(3, wasi_follow, path, len(path), 1, 1, 5) != wasi_success;
  return refused || breach("set the times of", path);
}
static bool touch_unfollowed_at(const char* path) {
  const bool refused = raw_path_filestat_set_times(3, 0, path, len(path), 1, 1, 5) != wasi_success;
  return refused || breach("set the times of", path);
}
static bool mkdir_at(const char* path) {
  return raw_path_create_directory(3, path, len(path)) != wasi_success || breach("made directory", path);
}
static bool rmdir_at(const char* path) {
  return raw_path_remove_directory(3, path, len(path)) != wasi_success || breach("removed directory", path);
}
static bool unlink_at(const char* path) {
  return raw_path_unlink_file(3, path, len(path)) != wasi_success || breach("unlinked", path);
}
static bool rename_from(const char* path) {
  return raw_path_rename(3, path, len(path), 3, "stolen", 6) != wasi_success || breach("renamed", path);
}
static bool rename_to(const char* path) {
  return raw_path_rename(3, "file", 4, 3, path, len(path)) != wasi_success || breach("renamed to", path);
}
static bool link_from(const char* path) {
  return raw_path_link(3, 0, path, len(path), 3, "stolen", 6) != wasi_success || breach("linked", path);
}
static bool link_from_followed(const char* path) {
  return raw_path_link(3, wasi_follow, path, len(path), 3, "stolen", 6) != wasi_success ||
         breach("linked", path);
}
static bool link_to(const char* path) {
  return raw_path_link(3, 0, "file", 4, 3, path, len(path)) != wasi_success || breach("linked to", path);
}
static bool symlink_at(const char* path) {
  return raw_path_symlink("x", 1, 3, path, len(path)) != wasi_success || breach("made link", path);
}
static bool readlink_at(const char* path) {
  char target[256];
  uint32_t used;
  return raw_path_readlink(3, path, len(path), target, sizeof target, &used) != wasi_success ||
         breach("read link", path);
}

// Makes a link; where that is refused already, there is nothing to attempt.
static bool made_link(const char* target, const char* path) {
  return raw_path_symlink(target, len(target), 3, path, len(path)) == wasi_success;
}
static char joined_buffer[4096];
static const char* joined(const char* first, const char* second) {
  snprintf(joined_buffer, sizeof joined_buffer, "%s%s", first, second);
  return joined_buffer;
}

// ---- attempts that need more than a path
// -----------------------------------------------------------------------

static bool absolute_read(void) { return read_at(joined(host, "/outside/secret")); }
static bool absolute_create(void) { return create_at(joined(host, "/outside/new")); }
static bool absolute_made_link(void) {
  return !made_link(joined(host, "/outside/secret"), "made") || breach("made a link to", joined_buffer);
}
static bool made_link_read(void) { return !made_link("../outside/secret", "made") || read_at("made"); }
static bool made_link_write(void) { return !made_link("../outside/secret", "made") || write_at("made"); }
static bool made_link_directory(void) { return !made_link("../outside", "made") || read_at("made/secret"); }
static bool made_link_through_directory(void) {
  return !made_link("dir/../../outside", "made") || read_at("made/secret");
}
static bool made_link_chain(void) {
  return !(made_link("two", "one") && made_link("dir/three", "two") &&
           made_link("../../outside/secret", "dir/three")) ||
         read_at("one");
}
static bool made_link_moved(void) {
  return raw_path_create_directory(3, "a", 1) != wasi_success ||
         raw_path_create_directory(3, "a/b", 3) != wasi_success || !made_link("../../outside", "a/b/link") ||
         raw_path_rename(3, "a/b/link", 8, 3, "a/link", 6) != wasi_success ||
         raw_path_rename(3, "a/link", 6, 3, "dir/link", 8) != wasi_success || read_at("dir/link/secret");
}
static bool made_link_slash(void) {
  return !made_link("../outside/", "made") ||
         (list_at("made") && list_unfollowed_at("made/") && read_at("made/secret"));
}
static bool made_link_dangling(void) { return !made_link("../outside/new", "made") || create_at("made"); }
static bool made_link_dangling_chain(void) {
  return !(made_link("second", "first") && made_link("../outside/new", "second")) || create_at("first");
}
static bool moved_directory(void) {
  // An open directory keeps its own border when it is moved.
  wasi_fd fd, inner;
  if (open_at(3, "dir/nested", 0, wasi_directory, RIGHTS_DIRECTORY, &fd) != wasi_success)
    return breach("cannot open", "dir/nested");
  raw_path_rename(3, "dir/nested", 10, 3, "moved", 5);
  const bool up = open_at(fd, "..", wasi_follow, wasi_directory, RIGHT_READDIR, &inner) == wasi_success;
  const bool out = open_at(fd, "../../outside/secret", wasi_follow, 0, RIGHT_READ, &inner) == wasi_success;
  return (!up && !out) || breach("left", "an open directory");
}
static bool opened_directory_border(void) {
  wasi_fd fd, inner;
  if (open_at(3, "dir", 0, wasi_directory, RIGHTS_DIRECTORY, &fd) != wasi_success)
    return breach("cannot open", "dir");
  return open_at(fd, "../file", wasi_follow, 0, RIGHT_READ, &inner) != wasi_success || breach("left", "dir");
}
static bool proc_link_root(void) {
  char path[4096];
  snprintf(path, sizeof path, "proc_root%s/outside/secret", host);
  return read_at(path);
}
static bool proc_magic(const char* link) {
  char path[4096];
  snprintf(path, sizeof path, "%s%s/outside/secret", link, host);
  return refuses_open(5, path, wasi_follow, 0, RIGHT_READ);
}
static bool proc_magic_root(void) { return proc_magic("root"); }
static bool proc_magic_task_root(void) { return proc_magic("task/../root"); }
static bool proc_magic_cwd(void) {
  return refuses_open(5, "cwd", wasi_follow, wasi_directory, RIGHT_READDIR);
}
static bool proc_magic_exe(void) { return refuses_open(5, "exe", wasi_follow, 0, RIGHT_READ); }
static bool proc_magic_descriptor(void) {
  bool held = true;
  for (int fd = 0; fd < 32; ++fd) {
    char path[32];
    snprintf(path, sizeof path, "fd/%d", fd);
    held &= refuses_open(5, path, wasi_follow, 0, RIGHT_READ);
  }
  return held;
}

static bool is_usable(wasi_fd fd) {
  return raw_path_filestat_get(fd, 0, ".", 1, stat_buffer) == wasi_success;
}

static bool renumber_itself(void) {
  return (raw_fd_renumber(3, 3) == wasi_success && is_usable(3)) ||
         breach("lost", "a descriptor renumbered onto itself");
}
static bool renumber_onto_preopen(void) {
  wasi_fd fd;
  if (raw_fd_renumber(4, 3) != wasi_success) return breach("cannot renumber", "4 to 3");
  const bool created = open_at(3, "new", 0, wasi_creat, RIGHT_WRITE, &fd) == wasi_success;
  return !created || breach("wrote below", "the read-only directory, now 3");
}
static bool renumber_closed(void) {
  return (raw_fd_renumber(99, 3) == wasi_badf && is_usable(3)) || breach("lost", "3 to a closed descriptor");
}
static bool renumber_far(void) {
  const uint32_t far[] = {6, 1000000, 0x7fffffff, 0x80000000, 0xffffffff};
  bool held = true;
  for (int i = 0; i < 5; ++i) {
    held &= raw_fd_renumber(4, far[i]) == wasi_badf || breach("renumbered", "far away");
    held &= raw_fd_renumber(far[i], 4) == wasi_badf || breach("renumbered", "from far away");
  }
  return held && (is_usable(4) || breach("lost", "4"));
}
static bool closed_preopen(void) {
  wasi_fd fd;
  raw_fd_close(4);
  const bool opened = open_at(4, "nested/deep", 0, 0, RIGHT_READ, &fd) == wasi_success;
  const bool again = raw_fd_close(4) == wasi_success;
  return (!opened && !again) || breach("used", "a closed preopen");
}
static bool closed_everything(void) {
  // A closed stream or preopen must not be replaced by another file.
  for (wasi_fd fd = 0; fd < 16; ++fd) raw_fd_close(fd);
  for (wasi_fd fd = 0; fd < 16; ++fd) {
    if (raw_fd_fdstat_get(fd, stat_buffer) == wasi_success || is_usable(fd)) return false;
  }
  return true;
}
static bool rights_widened(void) {
  wasi_fd fd;
  return (raw_fd_fdstat_set_rights(4, RIGHTS_ALL, RIGHTS_ALL) != wasi_success &&
          open_at(4, "new", 0, wasi_creat, RIGHT_WRITE, &fd) != wasi_success) ||
         breach("widened", "the rights of a read-only directory");
}
static bool rights_taken_back(void) {
  if (raw_fd_fdstat_set_rights(3, RIGHT_OPEN, RIGHT_READ) != wasi_success)
    return breach("cannot narrow", "rights");
  return raw_fd_fdstat_set_rights(3, RIGHT_OPEN, RIGHT_READ | RIGHT_WRITE) != wasi_success ||
         breach("took back", "rights");
}
static bool rights_not_inherited(void) {
  wasi_fd directory, file;
  const wasi_errno error =
      raw_path_open(3, 0, "dir", 3, wasi_directory, RIGHTS_DIRECTORY, RIGHT_READ | RIGHT_SEEK, 0, &directory);
  if (error != wasi_success) return breach("cannot open", "dir");
  if (open_at(directory, "nested/deep", 0, 0, RIGHTS_ALL, &file) != wasi_success) return true;
  const wasi_iovec text = {"overwritten", 11};
  uint32_t moved;
  return raw_fd_write(file, &text, 1, &moved) != wasi_success ||
         breach("wrote without the right to", "nested/deep");
}
static bool out_of_read_only(void) {
  return (raw_path_link(4, 0, "nested/deep", 11, 3, "stolen", 6) != wasi_success &&
          raw_path_rename(4, "nested/deep", 11, 3, "stolen", 6) != wasi_success) ||
         breach("took out of", "a read-only directory");
}

static char large[5 << 20];

static bool iovecs_too_many(void) {
  const wasi_iovec one = {"x", 1};
  uint32_t moved;
  return (raw_fd_write(1, &one, 0x20000001, &moved) != wasi_success &&
          raw_fd_write(1, &one, 0xffffffff, &moved) != wasi_success) ||
         breach("wrote", "more vectors than there is memory");
}
static bool iovecs_too_long(void) {
  const wasi_iovec whole = {(void*)8, 0xfffffff0};
  uint32_t moved;
  return raw_fd_write(1, &whole, 1, &moved) != wasi_success ||
         breach("wrote", "more bytes than there is memory");
}
static bool iovecs_total(void) {
  static wasi_iovec many[1000];
  uint32_t moved;
  for (int i = 0; i < 1000; ++i) many[i] = (wasi_iovec){large, sizeof large};
  return raw_fd_write(1, many, 1000, &moved) != wasi_success || breach("wrote", "over 4 GiB in one call");
}
static bool random_too_long(void) {
  return raw_random_get(large, 0xffffffff) != wasi_success || breach("filled", "more than there is memory");
}
static bool path_too_long(void) {
  wasi_fd fd;
  memset(large, 'x', sizeof large);
  const bool past_memory = raw_path_open(3, 0, "file", 0xffffffff, 0, RIGHT_READ, 0, 0, &fd) == wasi_success;
  memcpy(large, "file", 5);
  const bool huge = raw_path_open(3, 0, large, sizeof large, 0, RIGHT_READ, 0, 0, &fd) == wasi_success;
  return (!past_memory && !huge) || breach("opened", "a path longer than any");
}
static bool readdir_too_long(void) {
  uint32_t used = 1;
  return raw_fd_readdir(3, large, 0xffffffff, 0, &used) != wasi_success ||
         breach("listed into", "more than there is memory");
}
static bool poll_too_many(void) {
  uint32_t events;
  return raw_poll_oneoff(large, large, 0x10000000, &events) != wasi_success ||
         breach("polled", "more than there is memory");
}
static bool poll_bounded(void) {
  // Memory suffices for these, but they are too many.
  uint32_t events;
  memset(large, 0, sizeof large);
  return raw_poll_oneoff(large, large, 65536, &events) != wasi_success ||
         breach("polled", "65536 subscriptions");
}

static wasi_fd scratch_file(void) {
  wasi_fd fd = 0;
  const uint64_t rights = read_write ? RIGHTS_ALL : RIGHT_READ | RIGHT_SEEK;
  open_at(3, read_write ? "scratch" : "file", 0, read_write ? wasi_creat : 0, rights, &fd);
  return fd;
}
static bool offset_of_write(void) {
  const wasi_iovec text = {"x", 1};
  const wasi_fd fd = scratch_file();
  uint32_t moved;
  bool held = true;
  for (int i = 0; i < 3; ++i) {
    const uint64_t offsets[] = {UINT64_MAX, 1ull << 63, INT64_MAX};
    held &= raw_fd_pwrite(fd, &text, 1, offsets[i], &moved) != wasi_success ||
            breach("wrote at", "an offset near 2^64");
  }
  return held;
}
static bool offset_of_read(void) {
  const wasi_iovec text = {large, 1};
  const wasi_fd fd = scratch_file();
  uint32_t moved = 1;
  return raw_fd_pread(fd, &text, 1, UINT64_MAX, &moved) != wasi_success ||
         breach("read at", "offset 2^64 - 1");
}
static bool offset_of_seek(void) {
  uint64_t position;
  const wasi_fd fd = scratch_file();
  return (raw_fd_seek(fd, -1, 0, &position) != wasi_success &&
          raw_fd_seek(fd, INT64_MIN, 1, &position) != wasi_success) ||
         breach("sought to", "before the file");
}
static bool offset_of_allocate(void) {
  const wasi_fd fd = scratch_file();
  return (raw_fd_allocate(fd, 1ull << 63, 1ull << 63) != wasi_success &&
          raw_fd_allocate(fd, UINT64_MAX, 1) != wasi_success) ||
         breach("allocated at", "an offset near 2^64");
}
static bool offset_of_size(void) {
  return raw_fd_filestat_set_size(scratch_file(), UINT64_MAX) != wasi_success ||
         breach("resized to", "2^64 - 1");
}
// True if a listing is that of descriptor 3: complete entries with existing names.
static bool is_listing(const char* bytes, uint32_t used) {
  for (uint32_t at = 0; at < used;) {
    uint32_t length;
    if (used - at < 24) return false;
    memcpy(&length, bytes + at + 16, 4);
    if (length > used - at - 24) return false;
    const char* name = bytes + at + 24;
    const bool is_parent = length == 2 && memcmp(name, "..", 2) == 0;
    if (!is_parent && raw_path_filestat_get(3, 0, name, length, stat_buffer) != wasi_success) return false;
    at += 24 + length;
  }
  return true;
}
static bool cookie_out_of_range(void) {
  const uint64_t cookies[] = {UINT64_MAX, 1ull << 63, INT64_MAX, 0x7fffffff00000000};
  for (int i = 0; i < 4; ++i) {
    uint32_t used = 1;
    // An error, no entries, or (tmpfs) the directory's own entries from some place on.
    if (raw_fd_readdir(3, large, sizeof large, cookies[i], &used) == wasi_success &&
        !is_listing(large, used)) {
      return breach("listed from", "a cookie that nobody gave");
    }
  }
  return true;
}

static bool bad_text(const char* path, uint32_t length) {
  wasi_fd fd;
  return (raw_path_open(3, 0, path, length, wasi_creat, RIGHT_READ, 0, 0, &fd) == wasi_ilseq ||
          !read_write) &&
                 raw_path_open(3, 0, path, length, 0, RIGHT_READ, 0, 0, &fd) == wasi_ilseq &&
                 raw_path_filestat_get(3, 0, path, length, stat_buffer) == wasi_ilseq
             ? true
             : breach("took as a name", "what is no text");
}
static bool null_byte(void) { return bad_text("file\0suffix", 11); }
static bool null_byte_hides_path(void) { return bad_text("file\0/../../outside/secret", 26); }
static bool null_byte_first(void) { return bad_text("\0", 1); }
static bool invalid_utf8(void) { return bad_text("\xff\xfe", 2); }
static bool overlong_dots(void) { return bad_text("\xc0\xae\xc0\xae/outside/secret", 19); }
static bool surrogate(void) { return bad_text("\xed\xa0\x80", 3); }

// ---- changes: refused in a read-only directory, done in a writable one
// ------------------------------------------

static bool only_when_writable(wasi_errno error, const char* what) {
  if ((error == wasi_success) == read_write) return true;
  return breach(what,
                read_write ? "did not work in a writable directory" : "worked in a read-only directory");
}
static wasi_fd open_file(const char* path, uint32_t fdflags) {
  wasi_fd fd = 0;
  // Asks for all rights where they are granted, otherwise for those to read. A change must fail with either.
  if (raw_path_open(3, 0, path, len(path), 0, RIGHTS_ALL, 0, fdflags, &fd) != wasi_success) {
    raw_path_open(3, 0, path, len(path), 0, RIGHT_READ | RIGHT_SEEK, 0, fdflags, &fd);
  }
  return fd;
}
static bool change_open(const char* path, uint32_t oflags, uint64_t rights, uint32_t fdflags,
                        const char* what) {
  wasi_fd fd;
  return only_when_writable(raw_path_open(3, 0, path, len(path), oflags, rights, 0, fdflags, &fd), what);
}
static bool change_create(void) { return change_open("new", wasi_creat, RIGHT_READ, 0, "creating"); }
static bool change_truncate(void) { return change_open("file", wasi_trunc, RIGHT_WRITE, 0, "truncating"); }
static bool change_truncate_reading(void) {
  return change_open("file", wasi_trunc, RIGHT_READ, 0, "truncating");
}
static bool change_open_append(void) {
  return change_open("file", 0, RIGHT_WRITE, wasi_append, "opening to append");
}
static bool change_write(void) {
  const wasi_iovec text = {"x", 1};
  uint32_t moved;
  return only_when_writable(raw_fd_write(open_file("file", 0), &text, 1, &moved), "writing");
}
static bool change_append(void) {
  const wasi_iovec text = {"x", 1};
  const wasi_fd fd = open_file("file", wasi_append);
  uint32_t moved;
  raw_fd_fdstat_set_flags(fd, wasi_append);
  return only_when_writable(raw_fd_write(fd, &text, 1, &moved), "appending");
}
static bool change_write_at(void) {
  const wasi_iovec text = {"x", 1};
  uint32_t moved;
  return only_when_writable(raw_fd_pwrite(open_file("file", 0), &text, 1, 2, &moved), "writing at an offset");
}
static bool change_size(void) {
  return only_when_writable(raw_fd_filestat_set_size(open_file("file", 0), 1), "setting the size");
}
static bool change_allocate(void) {
  return only_when_writable(raw_fd_allocate(open_file("file", 0), 0, 9999), "allocating");
}
static bool change_times(void) {
  return only_when_writable(raw_fd_filestat_set_times(open_file("file", 0), 1, 1, 5), "setting times");
}
static bool change_times_of_path(void) {
  return only_when_writable(raw_path_filestat_set_times(3, 0, "file", 4, 1, 1, 5), "setting times");
}
static bool change_times_of_directory(void) {
  return only_when_writable(raw_fd_filestat_set_times(3, 1, 1, 5), "setting times");
}
static bool change_link(void) {
  return only_when_writable(raw_path_link(3, 0, "file", 4, 3, "new", 3), "linking");
}
static bool change_symlink(void) {
  return only_when_writable(raw_path_symlink("file", 4, 3, "new", 3), "linking");
}
static bool change_rename(void) {
  return only_when_writable(raw_path_rename(3, "file", 4, 3, "new", 3), "renaming");
}
static bool change_unlink(void) {
  return only_when_writable(raw_path_unlink_file(3, "file", 4), "unlinking");
}
static bool change_mkdir(void) {
  return only_when_writable(raw_path_create_directory(3, "new", 3), "making a directory");
}
static bool change_rmdir(void) {
  return only_when_writable(raw_path_remove_directory(3, "empty", 5), "removing a directory");
}

// ---- loops: an error, and soon
// ----------------------------------------------------------------------------------

static bool ends_in_loop(const char* path) {
  wasi_fd fd;
  return open_at(3, path, wasi_follow, 0, RIGHT_READ, &fd) == wasi_loop || breach("no loop at", path);
}
static bool loop_itself(void) { return ends_in_loop("loop") && ends_in_loop("loop/x"); }
static bool loop_pair(void) { return ends_in_loop("ping") && ends_in_loop("ping/x"); }
static bool loop_made(void) { return !(made_link("b", "a") && made_link("a", "b")) || ends_in_loop("a"); }
static bool loop_growing(void) { return !made_link("growing/x", "growing") || ends_in_loop("growing"); }

// ---- the race: the host swaps "swap" between a directory and a link to the outside
// ------------------------------

static bool is_harmless(wasi_fd fd) {
  char text[64];
  const wasi_iovec into = {text, sizeof text};
  uint32_t moved = 0;
  return raw_fd_read(fd, &into, 1, &moved) == wasi_success && moved == 8 && memcmp(text, "harmless", 8) == 0;
}
static bool race(long rounds) {
  long opened = 0, wrong = 0;
  for (long i = 0; i < rounds; ++i) {
    wasi_fd fd;
    const char* path = i % 2 == 0 ? "swap/secret" : "dir/../swap/./secret";
    if (open_at(3, path, wasi_follow, 0, RIGHT_READ, &fd) == wasi_success) {
      ++opened;
      wrong += !is_harmless(fd);
      raw_fd_close(fd);
    }
    if (i % 8 == 0 && open_at(3, "swap/new", wasi_follow, wasi_creat, RIGHT_WRITE, &fd) == wasi_success)
      raw_fd_close(fd);
    if (i % 8 == 1) raw_path_unlink_file(3, "swap/new", 8);
    if (i % 8 == 2) raw_path_filestat_set_times(3, wasi_follow, "swap/secret", 11, 1, 1, 5);
    if (i % 8 == 3) raw_path_create_directory(3, "swap/made", 9);
    if (i % 8 == 4) raw_path_remove_directory(3, "swap/made", 9);
    if (i % 8 == 5) raw_path_rename(3, "file", 4, 3, "swap/file", 9);
    if (i % 8 == 6) raw_path_rename(3, "swap/file", 9, 3, "file", 4);
  }
  printf("%ld opened of %ld, %ld wrong\n", opened, rounds, wrong);
  return wrong == 0;
}

// ---- the list
// ---------------------------------------------------------------------------------------------------

typedef struct {
  const char* name;
  bool (*on_path)(const char* path); // with `path`, or
  const char* path;
  bool (*run)(void); // alone
} Probe;

static const Probe probes[] = {
    {"dots/read", read_at, "../outside/secret"},
    {"dots/write", write_at, "../outside/secret"},
    {"dots/create", create_at, "../outside/new"},
    {"dots/create-anew", create_anew_at, "../outside/new"},
    {"dots/truncate", truncate_at, "../outside/secret"},
    {"dots/truncate-to-read", truncate_to_read_at, "../outside/secret"},
    {"dots/list", list_at, ".."},
    {"dots/list-slash", list_at, "../"},
    {"dots/stat", stat_at, "../outside/secret"},
    {"dots/stat-unfollowed", stat_unfollowed_at, ".."},
    {"dots/touch", touch_at, "../outside/secret"},
    {"dots/mkdir", mkdir_at, "../outside/made"},
    {"dots/rmdir", rmdir_at, "../outside/empty"},
    {"dots/unlink", unlink_at, "../outside/secret"},
    {"dots/rename-from", rename_from, "../outside/secret"},
    {"dots/rename-to", rename_to, "../outside/new"},
    {"dots/link-from", link_from, "../outside/secret"},
    {"dots/link-to", link_to, "../outside/new"},
    {"dots/symlink", symlink_at, "../outside/new"},
    {"dots/readlink", readlink_at, "../outside/link"},
    {"dots/deep", read_at, "dir/nested/../../../outside/secret"},
    {"dots/doubled-slashes", read_at, "dir//..//..//outside//secret"},
    {"dots/out-and-in", read_at, "../base/file"},
    {"dots/sibling", read_at, "../base-sibling/secret"},
    {"dots/opened-directory", .run = opened_directory_border},
    {"dots/moved-directory", .run = moved_directory},
    {"absolute/read", .run = absolute_read},
    {"absolute/create", .run = absolute_create},
    {"absolute/root", list_at, "/"},
    {"absolute/double-slash", list_at, "//"},
    {"absolute/link", read_at, "absolute"},
    {"absolute/link-inside", read_at, "absolute_inside"},
    {"absolute/made-link", .run = absolute_made_link},
    {"links/read", read_at, "up"},
    {"links/write", write_at, "up"},
    {"links/truncate", truncate_at, "up"},
    {"links/stat", stat_at, "up"},
    {"links/touch", touch_at, "up"},
    {"links/link-from", link_from_followed, "up"},
    {"links/list", list_at, "up_dir"},
    {"links/parent", read_at, "parent/outside/secret"},
    {"links/out-and-in", read_at, "out_and_in/file"},
    {"links/sibling", read_at, "sibling/secret"},
    {"links/chain", read_at, "chain3/inner"},
    {"links/through-directory", read_at, "through_dir/secret"},
    {"links/far", read_at, "to_far/secret"},
    {"directory-link/read", read_at, "up_dir/secret"},
    {"directory-link/create", create_at, "up_dir/new"},
    {"directory-link/mkdir", mkdir_at, "up_dir/made"},
    {"directory-link/rmdir", rmdir_at, "up_dir/empty"},
    {"directory-link/unlink", unlink_at, "up_dir/secret"},
    {"directory-link/rename-from", rename_from, "up_dir/secret"},
    {"directory-link/rename-to", rename_to, "up_dir/new"},
    {"directory-link/link-from", link_from, "up_dir/secret"},
    {"directory-link/link-to", link_to, "up_dir/new"},
    {"directory-link/symlink", symlink_at, "up_dir/new"},
    {"directory-link/readlink", readlink_at, "up_dir/link"},
    {"directory-link/touch", touch_at, "up_dir/secret"},
    {"directory-link/touch-unfollowed", touch_unfollowed_at, "up_dir/secret"},
    {"made-links/read", .run = made_link_read},
    {"made-links/write", .run = made_link_write},
    {"made-links/directory", .run = made_link_directory},
    {"made-links/through-directory", .run = made_link_through_directory},
    {"made-links/chain", .run = made_link_chain},
    {"made-links/moved", .run = made_link_moved},
    {"slashes/list", list_unfollowed_at, "up_dir/"},
    {"slashes/read", read_unfollowed_at, "up_dir/"},
    {"slashes/many", list_unfollowed_at, "up_dir///"},
    {"slashes/dot", list_unfollowed_at, "up_dir/."},
    {"slashes/stat", stat_unfollowed_at, "up_dir/"},
    {"slashes/touch", touch_unfollowed_at, "up_dir/"},
    {"slashes/touch-dot", touch_unfollowed_at, "up_dir/."},
    {"slashes/target", read_at, "up_dir_slash/secret"},
    {"slashes/target-list", list_at, "up_dir_slash"},
    {"slashes/target-dots", read_at, "up_dir_dots/secret"},
    {"slashes/made-target", .run = made_link_slash},
    {"dangling/create", create_at, "dangling_out"},
    {"dangling/made", .run = made_link_dangling},
    {"dangling/made-chain", .run = made_link_dangling_chain},
    {"magic/link-to-root", .run = proc_link_root},
    {"magic/root", .run = proc_magic_root},
    {"magic/root-after-dots", .run = proc_magic_task_root},
    {"magic/cwd", .run = proc_magic_cwd},
    {"magic/exe", .run = proc_magic_exe},
    {"magic/descriptors", .run = proc_magic_descriptor},
    {"renumber/itself", .run = renumber_itself},
    {"renumber/onto-preopen", .run = renumber_onto_preopen},
    {"renumber/closed", .run = renumber_closed},
    {"renumber/far", .run = renumber_far},
    {"closed/preopen", .run = closed_preopen},
    {"closed/everything", .run = closed_everything},
    {"rights/widened", .run = rights_widened},
    {"rights/taken-back", .run = rights_taken_back},
    {"rights/not-inherited", .run = rights_not_inherited},
    {"rights/out-of-read-only", .run = out_of_read_only},
    {"sizes/iovecs-too-many", .run = iovecs_too_many},
    {"sizes/iovecs-too-long", .run = iovecs_too_long},
    {"sizes/iovecs-total", .run = iovecs_total},
    {"sizes/random", .run = random_too_long},
    {"sizes/path", .run = path_too_long},
    {"sizes/readdir", .run = readdir_too_long},
    {"sizes/poll", .run = poll_too_many},
    {"sizes/poll-bounded", .run = poll_bounded},
    {"offsets/write", .run = offset_of_write},
    {"offsets/read", .run = offset_of_read},
    {"offsets/seek", .run = offset_of_seek},
    {"offsets/allocate", .run = offset_of_allocate},
    {"offsets/size", .run = offset_of_size},
    {"cookies/out-of-range", .run = cookie_out_of_range},
    {"text/null-byte", .run = null_byte},
    {"text/null-byte-hides-path", .run = null_byte_hides_path},
    {"text/null-byte-first", .run = null_byte_first},
    {"text/invalid-utf8", .run = invalid_utf8},
    {"text/overlong-dots", .run = overlong_dots},
    {"text/surrogate", .run = surrogate},
    {"changes/create", .run = change_create},
    {"changes/truncate", .run = change_truncate},
    {"changes/truncate-reading", .run = change_truncate_reading},
    {"changes/open-append", .run = change_open_append},
    {"changes/write", .run = change_write},
    {"changes/append", .run = change_append},
    {"changes/write-at", .run = change_write_at},
    {"changes/size", .run = change_size},
    {"changes/allocate", .run = change_allocate},
    {"changes/times", .run = change_times},
    {"changes/times-of-path", .run = change_times_of_path},
    {"changes/times-of-directory", .run = change_times_of_directory},
    {"changes/link", .run = change_link},
    {"changes/symlink", .run = change_symlink},
    {"changes/rename", .run = change_rename},
    {"changes/unlink", .run = change_unlink},
    {"changes/mkdir", .run = change_mkdir},
    {"changes/rmdir", .run = change_rmdir},
    {"loops/itself", .run = loop_itself},
    {"loops/pair", .run = loop_pair},
    {"loops/made", .run = loop_made},
    {"loops/growing", .run = loop_growing},
};
enum { probe_count = sizeof probes / sizeof *probes };

int main(int argc, char** argv) {
  if (argc == 1) {
    for (int i = 0; i < probe_count; ++i) puts(probes[i].name);
    return 0;
  }
  if (argc != 4) return 2;
  read_write = strcmp(argv[2], "rw") == 0;
  host = argv[3];
  if (strcmp(argv[1], "race") == 0) return race(atol(argv[3])) ? 0 : 1;
  for (int i = 0; i < probe_count; ++i) {
    if (strcmp(argv[1], probes[i].name) != 0) continue;
    return (probes[i].run ? probes[i].run() : probes[i].on_path(probes[i].path)) ? 0 : 1;
  }
  return 2;
}
