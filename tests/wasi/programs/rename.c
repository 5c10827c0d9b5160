// Renaming files and directories over each other, as programs that replace files in one step do it; links
// too.
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char* path, const char* text) {
  FILE* file = fopen(path, "w");
  CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static int has(const char* path, const char* text) {
  char found[64] = {0};
  FILE* file = fopen(path, "r");
  if (!file) return 0;
  fread(found, 1, sizeof found - 1, file);
  fclose(file);
  return !strcmp(found, text);
}

static void files(void) {
  put("a", "a");
  put("b", "b");
  const int old = open("b", O_RDONLY);
  CHECK(old >= 0);
  CHECK(rename("a", "b") == 0);
  CHECK(has("b", "a") && access("a", F_OK) < 0);
  char byte;
  CHECK(read(old, &byte, 1) == 1 && byte == 'b'); // an open descriptor keeps it
  CHECK(close(old) == 0);
  CHECK(rename("b", "b") == 0 && has("b", "a"));
  CHECK_ERRNO(rename("nothing", "x"), ENOENT);
  CHECK_ERRNO(rename("b", "nowhere/b"), ENOENT);
}

static void directories(void) {
  CHECK(mkdir("from", 0777) == 0 && mkdir("from/sub", 0777) == 0 && mkdir("empty", 0777) == 0);
  put("from/sub/file", "deep");
  CHECK_ERRNO(rename("from", "b"), ENOTDIR);
  CHECK_ERRNO(rename("b", "empty"), EISDIR);
  CHECK_ERRNO(rename("from", "from/sub/from"), EINVAL);
  CHECK_ERRNO(rename("empty", "from"), ENOTEMPTY);
  CHECK(rename("from", "empty") == 0 && has("empty/sub/file", "deep"));
  CHECK(rename("empty/sub/file", "b") == 0 && has("b", "deep"));
  CHECK(rename("empty/sub", "sub/") == 0);
  CHECK_ERRNO(rename("b", "c/"), ENOTDIR);
  CHECK(rmdir("sub") == 0 && rmdir("empty") == 0);
}

static void links(void) {
  struct stat status;
  CHECK(link("b", "second") == 0);
  CHECK(stat("b", &status) == 0 && status.st_nlink == 2);
  CHECK(rename("b", "second") == 0 && access("b", F_OK) == 0); // two names of one file
  CHECK(symlink("second", "soft") == 0);
  CHECK(has("soft", "deep"));
  CHECK(rename("soft", "softer") == 0 && has("softer", "deep"));
  char target[32] = {0};
  CHECK(readlink("softer", target, sizeof target) == 6 && !strcmp(target, "second"));
  CHECK(lstat("softer", &status) == 0 && S_ISLNK(status.st_mode));
  CHECK(unlink("second") == 0 && !has("softer", "deep") && has("b", "deep"));
  CHECK(unlink("softer") == 0 && unlink("b") == 0);
}

static void replaced_in_one_step(void) {
  for (int i = 0; i < 200; ++i) {
    char text[32];
    snprintf(text, sizeof text, "version %d", i);
    put("config.new", text);
    CHECK(rename("config.new", "config") == 0 && has("config", text));
  }
  CHECK(unlink("config") == 0);
}

int main(void) {
  files();
  directories();
  links();
  replaced_in_one_step();
  puts("ok");
  return 0;
}
