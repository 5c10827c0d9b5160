// Trees of directories: made, listed with any buffer, walked, removed from the leaves up.
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int files, directories;

static void touch(const char* path) {
  const int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0666);
  CHECK(fd >= 0);
  CHECK(close(fd) == 0);
}

static void grow(const char* path, int depth) {
  char below[512];
  CHECK(mkdir(path, 0777) == 0);
  for (int i = 0; i < 3; ++i) {
    snprintf(below, sizeof below, "%s/file-%d", path, i);
    touch(below);
    if (depth == 0) continue;
    snprintf(below, sizeof below, "%s/dir-%d", path, i);
    grow(below, depth - 1);
  }
}

// Counts a tree, and removes it when told to.
static void walk(const char* path, int removes) {
  DIR* directory = opendir(path);
  CHECK(directory);
  char below[512];
  int dots = 0;
  for (struct dirent* entry; (entry = readdir(directory));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) {
      ++dots;
      continue;
    }
    snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
    struct stat status;
    CHECK(stat(below, &status) == 0);
    CHECK(S_ISDIR(status.st_mode) == (entry->d_type == DT_DIR));
    if (S_ISDIR(status.st_mode)) {
      ++directories;
      walk(below, removes);
    } else {
      ++files;
      if (removes) CHECK(unlink(below) == 0);
    }
  }
  CHECK(dots == 2);
  CHECK(closedir(directory) == 0);
  if (removes) CHECK(rmdir(path) == 0);
}

static void many_entries(void) {
  char path[64];
  CHECK(mkdir("many", 0777) == 0);
  for (int i = 0; i < 1000; ++i) {
    snprintf(path, sizeof path, "many/%d-a-name-that-fills-the-buffer", i);
    touch(path);
  }
  files = directories = 0;
  walk("many", 0);
  CHECK(files == 1000);
  DIR* directory = opendir("many");
  for (int i = 0; i < 500; ++i) CHECK(readdir(directory));
  rewinddir(directory);
  int count = 0;
  while (readdir(directory)) ++count;
  CHECK(count == 1002);
  closedir(directory);
  walk("many", 1);
}

int main(void) {
  grow("tree", 3);
  walk("tree", 0);
  CHECK(files == 3 * (1 + 3 + 9 + 27));
  CHECK(directories == 3 + 9 + 27);
  CHECK_ERRNO(mkdir("tree", 0777), EEXIST);
  CHECK_ERRNO(mkdir("nowhere/below", 0777), ENOENT);
  CHECK_ERRNO(mkdir("tree/file-0/below", 0777), ENOTDIR);
  CHECK_ERRNO(rmdir("tree"), ENOTEMPTY);
  CHECK_ERRNO(rmdir("tree/file-0"), ENOTDIR);
  CHECK_ERRNO(unlink("tree/dir-0"), EISDIR);
  CHECK(opendir("tree/file-0") == NULL);
  many_entries();
  walk("tree", 1);
  CHECK(access("tree", F_OK) < 0);
  puts("ok");
  return 0;
}
