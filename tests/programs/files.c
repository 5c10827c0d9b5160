// Files through the C library: written, read, sought, appended, shortened, renamed, described, removed.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int line;
static void require(int holds, const char* what) {
  ++line;
  if (holds) return;
  printf("step %d: %s: %s\n", line, what, strerror(errno));
  exit(1);
}

static void show(const char* path) {
  char bytes[256];
  struct stat status;
  FILE* file = fopen(path, "rb");
  require(file != NULL, path);
  const size_t size = fread(bytes, 1, sizeof bytes - 1, file);
  bytes[size] = 0;
  require(stat(path, &status) == 0, "stat");
  printf("%s: %zu bytes, size %ld: %s\n", path, size, (long)status.st_size, bytes);
  fclose(file);
}

static void buffered(void) {
  FILE* file = fopen("text", "w+");
  require(file != NULL, "open");
  for (int i = 0; i < 2000; ++i) fprintf(file, "%d,", i * i % 97);
  printf("at %ld\n", ftell(file));
  require(fseek(file, 1000, SEEK_SET) == 0, "seek");
  require(fputs("<here>", file) >= 0, "write");
  require(fseek(file, -20, SEEK_CUR) == 0, "seek");
  char bytes[40];
  require(fgets(bytes, sizeof bytes, file) != NULL, "read");
  printf("%s\n", bytes);
  require(ungetc('!', file) == '!' && fgetc(file) == '!', "unread");
  require(fseek(file, 0, SEEK_END) == 0, "seek");
  printf("end %ld, eof %d\n", ftell(file), fgetc(file) == EOF && feof(file));
  int number = -1, read = 0;
  rewind(file);
  while (fscanf(file, "%d,", &number) == 1) ++read;
  printf("%d numbers, the last is %d\n", read, number);
  require(fclose(file) == 0, "close");
}

static void direct(void) {
  const int fd = open("data", O_CREAT | O_EXCL | O_RDWR, 0666);
  require(fd >= 0, "open");
  require(write(fd, "0123456789", 10) == 10, "write");
  require(lseek(fd, 3, SEEK_SET) == 3 && write(fd, "abc", 3) == 3, "overwrite");
  require(pwrite(fd, "XY", 2, 12) == 2, "pwrite");
  char bytes[16] = "";
  printf("%zd read", pread(fd, bytes, sizeof bytes, 0));
  for (int i = 0; i < 14; ++i) printf(" %02x", (unsigned char)bytes[i]);
  printf("\nat %ld\n", (long)lseek(fd, 0, SEEK_CUR));
  require(ftruncate(fd, 8) == 0 && fsync(fd) == 0 && close(fd) == 0, "truncate");
  show("data");
  const int more = open("data", O_WRONLY | O_APPEND);
  require(more >= 0 && write(more, "+more", 5) == 5 && close(more) == 0, "append");
  show("data");
}

static void names(void) {
  require(mkdir("folder", 0777) == 0 && rename("data", "folder/moved") == 0, "rename");
  show("folder/moved");
  require(symlink("moved", "folder/link") == 0, "symlink");
  show("folder/link");
  char target[32] = "";
  printf("link to %.*s\n", (int)readlink("folder/link", target, sizeof target), target);
  struct stat status;
  require(lstat("folder/link", &status) == 0 && S_ISLNK(status.st_mode), "lstat");
  require(link("folder/moved", "folder/second") == 0, "link");
  require(stat("folder/second", &status) == 0, "stat");
  printf("%d links\n", (int)status.st_nlink);
}

static void errors(void) {
  static const char* const paths[] = {"missing", "folder", "text/below"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; ++i) {
    errno = 0;
    const int fd = open(paths[i], O_WRONLY);
    printf("open \"%s\": %s\n", paths[i], fd < 0 ? strerror(errno) : "opened");
  }
  printf("rmdir: %d, exclusive: %d\n", rmdir("folder") < 0 && errno == ENOTEMPTY,
         open("text", O_CREAT | O_EXCL | O_WRONLY, 0666) < 0 && errno == EEXIST);
}

int main(void) {
  buffered();
  direct();
  names();
  errors();
  require(unlink("text") == 0 && unlink("folder/moved") == 0 && unlink("folder/link") == 0, "unlink");
  require(remove("folder/second") == 0 && remove("folder") == 0, "remove");
  return 7;
}
