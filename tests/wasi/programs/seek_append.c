// Positions, holes, appending, several descriptors of one file, and the C library's buffers on top.
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void positions(void) {
  char text[16] = {0};
  const int fd = open("positions", O_CREAT | O_RDWR, 0666);
  CHECK(fd >= 0);
  CHECK(write(fd, "0123456789", 10) == 10);
  CHECK(lseek(fd, -4, SEEK_END) == 6);
  CHECK(read(fd, text, 16) == 4 && !memcmp(text, "6789", 4));
  CHECK(read(fd, text, 16) == 0);
  CHECK(lseek(fd, -8, SEEK_CUR) == 2);
  CHECK(write(fd, "AB", 2) == 2);
  CHECK(pread(fd, text, 10, 0) == 10 && !memcmp(text, "01AB456789", 10));
  CHECK(lseek(fd, 0, SEEK_CUR) == 4); // pread leaves it alone
  CHECK(pwrite(fd, "Z", 1, 9) == 1);
  CHECK_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
  CHECK_ERRNO(pread(fd, text, 1, -1), EINVAL);
  CHECK(lseek(fd, 100, SEEK_SET) == 100);
  CHECK(write(fd, "end", 3) == 3);
  CHECK(pread(fd, text, 4, 50) == 4 && !memcmp(text, "\0\0\0\0", 4)); // a hole
  CHECK(ftruncate(fd, 5) == 0);
  CHECK(lseek(fd, 0, SEEK_END) == 5);
  CHECK(close(fd) == 0);
}

static void appending(void) {
  const int one = open("log", O_CREAT | O_WRONLY | O_APPEND, 0666), two = open("log", O_WRONLY | O_APPEND);
  CHECK(one >= 0 && two >= 0);
  for (int i = 0; i < 100; ++i) {
    CHECK(write(one, "one\n", 4) == 4);
    CHECK(write(two, "two\n", 4) == 4);
    CHECK(lseek(one, 0, SEEK_SET) == 0); // and still at the end
  }
  struct stat status;
  CHECK(fstat(one, &status) == 0 && status.st_size == 800);
  CHECK((fcntl(one, F_GETFL) & O_APPEND) != 0);
  CHECK(fcntl(one, F_SETFL, 0) == 0);
  CHECK(lseek(one, 0, SEEK_SET) == 0 && write(one, "ONE\n", 4) == 4);
  CHECK(fstat(one, &status) == 0 && status.st_size == 800);
  close(one), close(two);
}

static void buffered(void) {
  char line[32];
  FILE* file = fopen("log", "r+");
  CHECK(file);
  int ones = 0, twos = 0, lines = 0;
  for (; fgets(line, sizeof line, file); ++lines) {
    ones += !strcmp(line, "one\n");
    twos += !strcmp(line, "two\n");
  }
  CHECK(lines == 200 && ones == 99 && twos == 100);
  CHECK(fseek(file, 4, SEEK_SET) == 0 && fputs("TWO\n", file) >= 0);
  CHECK(fseek(file, -4, SEEK_CUR) == 0 && fgets(line, sizeof line, file) && !strcmp(line, "TWO\n"));
  CHECK(ftell(file) == 8);
  CHECK(fclose(file) == 0);
  file = fopen("log", "a+");
  CHECK(file && fprintf(file, "%d\n", 42) == 3);
  rewind(file);
  CHECK(fgets(line, sizeof line, file) && !strcmp(line, "ONE\n"));
  CHECK(fseek(file, 0, SEEK_END) == 0 && ftell(file) == 803);
  CHECK(fclose(file) == 0);
}

int main(void) {
  positions();
  appending();
  buffered();
  CHECK_ERRNO(open("log", O_CREAT | O_EXCL | O_WRONLY, 0666), EEXIST);
  CHECK(unlink("log") == 0 && unlink("positions") == 0);
  puts("ok");
  return 0;
}
