// Makes a tree of folders, lists it by name, walks it, goes back to remembered places, and removes it.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char* what) {
  printf("failed: ");
  fflush(stdout);
  perror(what);
  exit(1);
}

static void make_file(const char* path, int size) {
  FILE* file = fopen(path, "w");
  if (!file) fail(path);
  for (int i = 0; i < size; ++i) fputc('a' + i % 26, file);
  if (fclose(file) != 0) fail(path);
}

static void make_tree(const char* path, int depth) {
  char below[256];
  if (mkdir(path, 0777) != 0) fail(path);
  for (int i = 0; i < 5; ++i) {
    snprintf(below, sizeof below, "%s/%c-%d", path, 'e' - i, depth);
    make_file(below, 100 * depth + i);
  }
  for (int i = 0; depth > 0 && i < 3; ++i) {
    snprintf(below, sizeof below, "%s/dir%d", path, i);
    make_tree(below, depth - 1);
  }
}

static const char* kind_of(const struct dirent* entry) {
  return entry->d_type == DT_DIR ? "dir" : entry->d_type == DT_REG ? "file" : "other";
}

static int is_no_dot(const struct dirent* entry) { return entry->d_name[0] != '.'; }

// Prints a tree in the order of names. Removes it when told to.
static long walk(const char* path, int depth, int removes) {
  struct dirent** entries;
  const int count = scandir(path, &entries, is_no_dot, alphasort);
  if (count < 0) fail(path);
  long bytes = 0;
  for (int i = 0; i < count; ++i) {
    char below[256];
    struct stat status;
    snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name);
    if (stat(below, &status) != 0) fail(below);
    const int is_folder = S_ISDIR(status.st_mode);
    if (!removes) {
      printf("%*s%s %s", 2 * depth, "", kind_of(entries[i]), entries[i]->d_name);
      if (!is_folder) printf(" %ld", (long)status.st_size);
      printf("\n");
    }
    bytes += is_folder ? walk(below, depth + 1, removes) : (long)status.st_size;
    if (removes && !is_folder && unlink(below) != 0) fail(below);
    free(entries[i]);
  }
  free(entries);
  if (removes && rmdir(path) != 0) fail(path);
  return bytes;
}

enum { many = 300 };

// Goes back to each place that telldir named, after other files were added and removed.
static void seek(void) {
  static char names[many + 2][256];
  static long places[many + 2];
  char path[64];
  if (mkdir("many", 0777) != 0) fail("many");
  for (int i = 0; i < many; ++i) {
    snprintf(path, sizeof path, "many/file-%d", i);
    make_file(path, 0);
  }
  DIR* folder = opendir("many");
  if (!folder) fail("many");
  int count = 0;
  for (;;) {
    const long place = telldir(folder);
    const struct dirent* entry = readdir(folder);
    if (!entry) break;
    if (count == many + 2) fail("more entries than files");
    strcpy(names[count], entry->d_name);
    places[count++] = place;
  }
  printf("%d entries\n", count);
  for (int i = 0; i < 3; ++i) {
    snprintf(path, sizeof path, "many/%s", names[10 + i]);
    if (names[10 + i][0] != '.' && unlink(path) != 0) fail(path);
    names[10 + i][0] = 0;
    snprintf(path, sizeof path, "many/new-%d", i);
    make_file(path, 0);
  }
  int wrong = 0;
  for (int i = count; i-- > 0;) {
    if (!names[i][0]) continue;
    seekdir(folder, places[i]);
    const struct dirent* entry = readdir(folder);
    // The file system may list a new file there first.
    while (entry && !strncmp(entry->d_name, "new-", 4)) entry = readdir(folder);
    wrong += !entry || strcmp(entry->d_name, names[i]) != 0;
  }
  printf("%d wrong places\n", wrong);
  closedir(folder);
  walk("many", 0, 1);
}

int main(void) {
  make_tree("tree", 2);
  printf("%ld bytes\n", walk("tree", 0, 0));
  walk("tree", 0, 1);
  seek();
  printf("removed: %d\n", access("tree", F_OK) != 0 && access("many", F_OK) != 0);
  return 0;
}
