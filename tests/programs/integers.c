// Arithmetic on integers of every size, conversions, jump tables, bit fields, and calls through tables.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t state = 1442695040888963407u;
static uint64_t next(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return state ^ state >> 29;
}

static uint64_t hash = 14695981039346656037u;
static void mix(uint64_t value) { hash = (hash ^ value) * 1099511628211u; }

static int64_t switched(int choice, int64_t a, int64_t b) {
  switch (choice) {
  case 0: return a + b;
  case 1: return a - b;
  case 2: return a * b;
  case 3: return b == 0 ? 0 : a / (b | 1);
  case 4: return b == 0 ? 0 : a % (b | 1);
  case 5: return a & b;
  case 6: return a | ~b;
  case 7: return a ^ b;
  case 8: return (int64_t)((uint64_t)a << (b & 63));
  case 9: return a >> (b & 63);
  case 10: return (int64_t)((uint64_t)a >> (b & 63));
  case 50: return __builtin_popcountll((uint64_t)a);
  case 51: return a == 0 ? 64 : __builtin_clzll((uint64_t)a);
  case 52: return b == 0 ? 64 : __builtin_ctzll((uint64_t)b);
  case 53: return (int64_t)__builtin_bswap64((uint64_t)a);
  default: return choice;
  }
}

struct Fields {
  unsigned a : 3;
  int b : 5;
  unsigned c : 11;
  uint64_t d : 40;
  int8_t e;
};

typedef int32_t Function(int32_t, int32_t);
static int32_t add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
static int32_t multiply(int32_t a, int32_t b) { return (int32_t)((uint32_t)a * (uint32_t)b); }
static int32_t divide(int32_t a, int32_t b) { return b == 0 || b == -1 ? a : a / b; }
static int32_t rotate(int32_t a, int32_t b) {
  const uint32_t by = (uint32_t)b & 31;
  return by == 0 ? a : (int32_t)((uint32_t)a << by | (uint32_t)a >> (32 - by));
}
static Function* const functions[] = {add, multiply, divide, rotate};

static void narrow(uint64_t value) {
  mix((uint64_t)(int64_t)(int8_t)value);
  mix((uint64_t)(int64_t)(int16_t)value);
  mix((uint64_t)(int64_t)(int32_t)value);
  mix((uint8_t)((uint8_t)value * (uint8_t)(value >> 8)));
  mix((uint16_t)((uint16_t)value - (uint16_t)(value >> 16)));
  int32_t sum, product;
  mix((uint64_t)__builtin_add_overflow((int32_t)value, (int32_t)(value >> 32), &sum) + (uint32_t)sum);
  mix((uint64_t)__builtin_mul_overflow((int32_t)value, (int32_t)(value >> 40), &product) + (uint32_t)product);
  const unsigned __int128 wide = (unsigned __int128)value * (value ^ 0x9e3779b97f4a7c15u);
  mix((uint64_t)(wide >> 64));
  mix((uint64_t)(wide / (value | 1)));
}

static uint64_t sieve(void) {
  static unsigned char composite[100000];
  uint64_t sum = 0;
  for (uint32_t i = 2; i < sizeof composite; ++i) {
    if (composite[i]) continue;
    sum += i;
    for (uint32_t k = 2 * i; k < sizeof composite; k += i) composite[k] = 1;
  }
  return sum;
}

int main(void) {
  for (int i = 0; i < 60000; ++i) {
    const uint64_t a = next() >> (next() % 64), b = next() >> (next() % 64);
    mix((uint64_t)switched((int)(next() % 60), (int64_t)(a >> 1), (int64_t)(b >> 1)));
    mix((uint64_t)(int64_t)functions[next() % 4]((int32_t)a, (int32_t)b));
    narrow(a ^ b << 7);
  }
  printf("hash %016" PRIx64 "\n", hash);
  struct Fields fields;
  memset(&fields, 0, sizeof fields);
  for (int i = 0; i < 1000; ++i) {
    const uint64_t value = next();
    fields.a += value & 7;
    fields.b ^= (int)(value >> 3 & 7);
    fields.c -= value >> 9 & 1023;
    fields.d = fields.d * 3 + value % 1000;
    fields.e = (int8_t)(fields.e + fields.b);
  }
  printf("fields %u %d %u %" PRIu64 " %d\n", fields.a, fields.b, fields.c, (uint64_t)fields.d, fields.e);
  printf("sieve %" PRIu64 "\n", sieve());
  printf("%d %u %lld %llx %o %c %5d|%-5d|%05d %+d\n", -5, 4000000000u, -1234567890123456789ll,
         0xfedcba9876543210ull, 8, 'x', 42, 42, 42, 42);
  return 0;
}
