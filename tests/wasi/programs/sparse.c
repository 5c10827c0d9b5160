// A file of more than 4 GiB, nearly all of it hole: every offset is 64 bits wide on its whole way.
#include "check.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define GIB (INT64_C(1) << 30)

int main(void) {
  const off_t places[] = {0, GIB - 3, 2 * GIB - 3, 4 * GIB - 3, 4 * GIB + 5, 5 * GIB, 40 * GIB};
  enum { count = sizeof places / sizeof *places };
  const int fd = open("sparse", O_CREAT | O_RDWR | O_TRUNC, 0666);
  CHECK(fd >= 0);
  for (int i = 0; i < count; ++i) {
    char text[16];
    const int length = snprintf(text, sizeof text, "<%d>", i);
    CHECK(lseek(fd, places[i], SEEK_SET) == places[i]);
    CHECK(write(fd, text, length) == length);
    CHECK(lseek(fd, 0, SEEK_CUR) == places[i] + length);
  }
  struct stat status;
  CHECK(fstat(fd, &status) == 0 && status.st_size == 40 * GIB + 3);
  for (int i = count - 1; i >= 0; --i) {
    char text[16], expected[16] = {0};
    snprintf(expected, sizeof expected, "<%d>", i);
    CHECK(pread(fd, text, 3, places[i]) == 3 && !memcmp(text, expected, 3));
  }
  char before[4], after[8];
  const struct iovec parts[] = {{before, 3}, {after, 8}};
  CHECK(lseek(fd, 4 * GIB - 3, SEEK_SET) == 4 * GIB - 3);
  CHECK(readv(fd, parts, 2) == 11 && !memcmp(before, "<3>", 3) && !memcmp(after, "\0\0\0\0\0<4>", 8));
  CHECK(pread(fd, after, 8, 39 * GIB) == 8 && !memcmp(after, "\0\0\0\0\0\0\0\0", 8));
  CHECK(pread(fd, after, 8, 41 * GIB) == 0);
  CHECK(ftruncate(fd, 4 * GIB + 6) == 0);
  CHECK(lseek(fd, 0, SEEK_END) == 4 * GIB + 6);
  CHECK(posix_fallocate(fd, 0, 4096) == 0);
  CHECK(fstat(fd, &status) == 0 && status.st_size == 4 * GIB + 6);
  FILE* file = fdopen(fd, "r+");
  CHECK(file && fseeko(file, 4 * GIB + 5, SEEK_SET) == 0 && getc(file) == '<' && getc(file) == EOF);
  CHECK(ftello(file) == 4 * GIB + 6);
  CHECK(fclose(file) == 0 && unlink("sparse") == 0);
  puts("ok");
  return 0;
}
