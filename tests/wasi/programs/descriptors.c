// As many descriptors as there may be: the lowest free number each time, EMFILE at the limit, room again
// after a close, and every one of them still its own. The limit is 600.
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/libc.h>

enum { limit = 600 };

static int open_numbered(int number) {
  char path[32];
  snprintf(path, sizeof path, "file-%d", number);
  return open(path, O_CREAT | O_RDWR, 0666);
}

int main(void) {
  static int fds[limit];
  int count = 0;
  for (int fd; (fd = open_numbered(count)) >= 0; ++count) {
    CHECK(count == 0 || fd == fds[count - 1] + 1);
    fds[count] = fd;
    char text[16];
    const int length = snprintf(text, sizeof text, "%d", count);
    CHECK(write(fd, text, length) == length);
  }
  CHECK(errno == EMFILE);
  CHECK(fds[count - 1] == limit - 1);
  CHECK(mkdir("dir", 0777) == 0); // needs no descriptor
  for (int i = 0; i < count; ++i) {
    char text[16] = {0};
    CHECK(pread(fds[i], text, sizeof text, 0) > 0 && atoi(text) == i);
  }
  CHECK(close(fds[100]) == 0 && close(fds[7]) == 0 && close(fds[300]) == 0);
  CHECK(open_numbered(7) == fds[7]);
  CHECK(open_numbered(100) == fds[100]);
  CHECK(__wasilibc_fd_renumber(fds[200], fds[201]) == 0);
  char text[16] = {0};
  CHECK(pread(fds[201], text, sizeof text, 0) > 0 && atoi(text) == 200);
  CHECK_ERRNO(read(fds[200], text, 1), EBADF);
  CHECK(open_numbered(200) == fds[200]);
  CHECK(open_numbered(300) == fds[300]);
  CHECK_ERRNO(open_numbered(0), EMFILE);
  for (int i = 0; i < count; ++i) CHECK(close(fds[i]) == 0);
  CHECK_ERRNO(close(fds[0]), EBADF);
  for (int i = 0; i < count; ++i) {
    char path[32];
    snprintf(path, sizeof path, "file-%d", i);
    CHECK(unlink(path) == 0);
  }
  CHECK(rmdir("dir") == 0);
  puts("ok");
  return 0;
}
