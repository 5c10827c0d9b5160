// Calls: doubly recursive, direct and through a table. Prints a checksum; the argument is the recursion's
// depth.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef uint32_t (*Step)(uint32_t);

__attribute__((noinline)) static uint32_t halve(uint32_t x) { return x / 2 + 1; }
__attribute__((noinline)) static uint32_t triple(uint32_t x) { return x * 3; }

static Step volatile steps[2] = {halve, triple};

__attribute__((noinline)) static uint32_t walk(uint32_t depth, uint32_t seed) {
  if (depth < 2) return steps[seed & 1](seed);
  return walk(depth - 1, seed + depth) ^ walk(depth - 2, seed * 5 + 1);
}

int main(int argc, char** argv) {
  printf("%08x\n", walk(argc > 1 ? (uint32_t)atoi(argv[1]) : 30, 7));
  return 0;
}
