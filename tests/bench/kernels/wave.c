// Floating point over a grid: a two-dimensional wave, the argument is the number of steps.
#include <stdio.h>
#include <stdlib.h>

enum { size = 160 };
static double before[size][size], now[size][size], next[size][size];

static void step(void) {
  for (int y = 1; y < size - 1; y++) {
    for (int x = 1; x < size - 1; x++) {
      const double around = now[y - 1][x] + now[y + 1][x] + now[y][x - 1] + now[y][x + 1] - 4 * now[y][x];
      next[y][x] = 2 * now[y][x] - before[y][x] + 0.2 * around;
    }
  }
  for (int y = 0; y < size; y++) {
    for (int x = 0; x < size; x++) before[y][x] = now[y][x], now[y][x] = next[y][x];
  }
}

int main(int argc, char** argv) {
  const int steps = argc > 1 ? atoi(argv[1]) : 100;
  now[size / 3][size / 2] = before[size / 3][size / 2] = 1;
  for (int i = 0; i < steps; i++) step();
  double sum = 0;
  for (int y = 0; y < size; y++) sum += now[y][y] * (y + 1);
  printf("%.12e\n", sum);
  return 0;
}
