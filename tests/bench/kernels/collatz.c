// 64-bit arithmetic and unpredictable branches: lengths of Collatz sequences up to the argument.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  const uint64_t limit = argc > 1 ? strtoull(argv[1], 0, 10) : 100000;
  uint64_t longest = 0, sum = 0;
  for (uint64_t start = 1; start < limit; start++) {
    uint64_t length = 0;
    for (uint64_t n = start; n != 1; length++) n = n & 1 ? 3 * n + 1 : n >> 1;
    if (length > longest) longest = length;
    sum += length;
  }
  printf("%llu %llu\n", (unsigned long long)longest, (unsigned long long)sum);
  return 0;
}
