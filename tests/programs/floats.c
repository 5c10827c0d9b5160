// Prints and reads floating-point numbers, and computes with them: every result here is exact or correctly
// rounded in every C library, or printed with fewer digits than libraries agree on.
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static double from_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
static uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static void print(double value) {
  // C libraries write subnormal numbers differently with %a.
  if (fpclassify(value) != FP_SUBNORMAL) printf("%a ", value);
  printf("%.0f %.3f %e %.17g %g %G %10.2f|%-10.1e|%+g\n", value, value, value, value, value, value, value,
         value, value);
}

static void print_all(void) {
  static const double values[] = {0.0,   -0.0,    1.0,     -1.5,     0.1,        2.5,
                                  3.5,   1e21,    1e-7,    123456.0, 0.00001234, 1e100,
                                  1e308, DBL_MAX, DBL_MIN, 5e-324,   -2e-310,    9007199254740993.0,
                                  0.3,   1e15,    1e16,    INFINITY, -INFINITY};
  for (size_t i = 0; i < sizeof values / sizeof *values; ++i) print(values[i]);
  for (int i = 0; i < 200; ++i) {
    const double value = from_bits(next());
    if (!isnan(value)) print(value);
  }
  printf("%f %s\n", (double)fabsf(-NAN), isnan(NAN) ? "nan" : "?");
}

// Each number must survive being printed and read.
static void round_trips(void) {
  int wrong = 0;
  char text[64];
  for (int i = 0; i < 20000; ++i) {
    const double value = from_bits(next());
    if (isnan(value)) continue;
    snprintf(text, sizeof text, i % 2 ? "%.17g" : "%a", value);
    wrong += bits_of(strtod(text, NULL)) != bits_of(value);
    const float narrow = (float)value;
    snprintf(text, sizeof text, "%.9g", (double)narrow);
    wrong += strtof(text, NULL) != narrow;
  }
  printf("%d did not survive\n", wrong);
  static const char* const texts[] = {"1e400", "-1e-400", "0x1.8p3", "  12.5abc",
                                      "inf",   ".5.",     "1e",      "+0x.8"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    char* end;
    const double value = strtod(texts[i], &end);
    printf("%s: %g, rest \"%s\"\n", texts[i], value, end);
  }
}

static void compute(void) {
  uint64_t hash = 0;
  for (int i = 0; i < 50000; ++i) {
    const double a = from_bits((next() & 0x800fffffffffffffu) | (uint64_t)(1003 + next() % 40) << 52);
    const double b = from_bits((next() & 0x800fffffffffffffu) | (uint64_t)(1003 + next() % 40) << 52);
    const double results[] = {a + b,
                              a - b,
                              a * b,
                              a / b,
                              sqrt(fabs(a)),
                              floor(a),
                              ceil(b),
                              trunc(a),
                              rint(b),
                              round(a),
                              fabs(b),
                              copysign(a, b),
                              fmin(a, b),
                              fmax(a, b),
                              (double)(float)a,
                              fmod(a, b),
                              ldexp(a, 3),
                              (double)(int32_t)a,
                              (double)(uint32_t)fabs(b),
                              (double)(int64_t)a,
                              (double)(a < b),
                              fma(a, b, a)};
    for (size_t k = 0; k < sizeof results / sizeof *results; ++k)
      hash = (hash ^ bits_of(results[k])) * 1099511628211u;
  }
  printf("hash %016" PRIx64 "\n", hash);
  double sum = 0;
  for (int i = 1; i <= 1000; ++i) sum += sin(i) * exp(-i / 500.0) + log(i) + pow(i, 0.25) + atan2(i, 7);
  printf("sum %.9f\n", sum);
  int exponent;
  const double fraction = frexp(-40.25, &exponent);
  double whole;
  const double rest = modf(-40.25, &whole);
  printf("%g %d, %g %g\n", fraction, exponent, whole, rest);
}

int main(void) {
  print_all();
  round_trips();
  compute();
  return 0;
}
