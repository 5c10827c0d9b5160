// For test programs: a check that ends the program with its line, and how it ends when all held.
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                                     \
  do {                                                                                                       \
    if (!(condition)) {                                                                                      \
      printf("%s:%d: does not hold: %s (errno %d, %s)\n", __FILE__, __LINE__, #condition, errno,             \
             strerror(errno));                                                                               \
      exit(1);                                                                                               \
    }                                                                                                        \
  } while (0)

#define CHECK_ERRNO(call, expected) CHECK((errno = 0, (call) < 0 && errno == (expected)))
