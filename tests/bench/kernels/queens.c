// Recursion over small byte arrays: solutions of the N queens problem, counted 20 times. The argument is N.
#include <stdio.h>
#include <stdlib.h>

static unsigned char column[16], rising[32], falling[32];
static unsigned long solutions;

static void place(int row, int n) {
  if (row == n) {
    solutions++;
    return;
  }
  for (int x = 0; x < n; x++) {
    if (column[x] | rising[row + x] | falling[row - x + n]) continue;
    column[x] = rising[row + x] = falling[row - x + n] = 1;
    place(row + 1, n);
    column[x] = rising[row + x] = falling[row - x + n] = 0;
  }
}

int main(int argc, char** argv) {
  const int n = argc > 1 ? atoi(argv[1]) : 8;
  if (n < 1 || n > 15) return 2;
  for (int round = 0; round < 20; round++) place(0, n);
  printf("%lu\n", solutions);
  return 0;
}
