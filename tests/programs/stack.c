// Uses much stack: deep recursion, large arrays on the stack, arrays whose size is known only at run time.
#include <alloca.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

// Each frame has an array that the next one reads, so that no frame can be left out.
static uint64_t deep(int left, const unsigned char* above) {
  unsigned char here[64];
  for (int i = 0; i < 64; ++i) here[i] = (unsigned char)(above[(i + 1) % 64] + left);
  if (left == 0) return here[7];
  const uint64_t below = deep(left - 1, here);
  return below * 31 + here[left % 64];
}

static uint64_t large(int left) {
  unsigned char bytes[200000];
  memset(bytes, left, sizeof bytes);
  const uint64_t below = left == 0 ? 1 : large(left - 1);
  uint64_t sum = 0;
  for (size_t i = 0; i < sizeof bytes; i += 997) sum += bytes[i];
  return below * 33 + sum;
}

static uint64_t variable(int size) {
  int32_t array[size];
  char* more = alloca((size_t)size * 3);
  for (int i = 0; i < size; ++i) array[i] = i * size;
  memset(more, size % 100, (size_t)size * 3);
  return (uint64_t)array[size - 1] + (uint64_t)more[size * 3 - 1] + (size > 4 ? variable(size / 2) : 0);
}

static double sum(int count, ...) {
  va_list list;
  va_start(list, count);
  double total = 0;
  for (int i = 0; i < count; ++i) {
    const int kind = va_arg(list, int);
    if (kind == 0) total += va_arg(list, int);
    if (kind == 1) total += va_arg(list, double);
    if (kind == 2) total += (double)va_arg(list, int64_t);
  }
  va_end(list);
  return total;
}

static int is_even(int n);
static int is_odd(int n) { return n == 0 ? 0 : is_even(n - 1); }
static int is_even(int n) { return n == 0 ? 1 : is_odd(n - 1); }

struct Big {
  int64_t numbers[40];
};
static struct Big reversed(struct Big from) {
  struct Big to;
  for (int i = 0; i < 40; ++i) to.numbers[i] = from.numbers[39 - i] + 1;
  return to;
}

int main(void) {
  unsigned char start[64] = {1, 2, 3};
  printf("ackermann %" PRIu32 "\n", ackermann(2, 300));
  printf("deep %016" PRIx64 "\n", deep(20000, start));
  printf("large %016" PRIx64 "\n", large(25));
  printf("variable %" PRIu64 "\n", variable(20000));
  printf("sum %g\n", sum(5, 0, -7, 1, 2.5, 2, INT64_C(1) << 40, 1, 1e-3, 0, 3));
  printf("even %d\n", is_even(30001));
  struct Big big;
  for (int i = 0; i < 40; ++i) big.numbers[i] = i * (INT64_C(1) << 33);
  for (int i = 0; i < 9; ++i) big = reversed(big);
  printf("big %" PRId64 " %" PRId64 "\n", big.numbers[0], big.numbers[39]);
  return 0;
}
