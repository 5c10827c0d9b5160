// Grids, graphs and dynamic programming: Game of Life, Floyd-Warshall, breadth-first search, Dijkstra,
// knapsack, flood fill, integer matrices, a sudoku solver, big numbers, permutations.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { side = 48, nodes = 40 };
static uint8_t cells[side][side], next_cells[side][side];
static int distance[nodes][nodes], matrix_a[32][32], matrix_b[32][32], matrix_c[32][32];
static uint32_t digits[120];

static void life(void) {
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      int count = 0;
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx)
          if (dx || dy) count += cells[(y + dy + side) % side][(x + dx + side) % side];
      next_cells[y][x] = count == 3 || (count == 2 && cells[y][x]);
    }
  memcpy(cells, next_cells, sizeof cells);
}
static int shortest(void) {
  for (int k = 0; k < nodes; ++k)
    for (int i = 0; i < nodes; ++i)
      for (int j = 0; j < nodes; ++j)
        if (distance[i][k] + distance[k][j] < distance[i][j])
          distance[i][j] = distance[i][k] + distance[k][j];
  int sum = 0;
  for (int i = 0; i < nodes; ++i) sum += distance[i][(i * 7) % nodes];
  return sum;
}
static int search(int start) {
  static short queue[side * side], seen[side * side];
  memset(seen, -1, sizeof seen);
  int head = 0, tail = 0, far = 0;
  queue[tail++] = (short)start, seen[start] = 0;
  while (head < tail) {
    const int at = queue[head++], x = at % side, y = at / side;
    static const int step[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    for (int d = 0; d < 4; ++d) {
      const int nx = x + step[d][0], ny = y + step[d][1];
      if (nx < 0 || ny < 0 || nx >= side || ny >= side || cells[ny][nx]) continue;
      const int to = ny * side + nx;
      if (seen[to] >= 0) continue;
      seen[to] = (short)(seen[at] + 1), queue[tail++] = (short)to;
      far = seen[to];
    }
  }
  return far;
}
static int dijkstra(int from) {
  int best[nodes];
  uint8_t done[nodes] = {0};
  for (int i = 0; i < nodes; ++i) best[i] = 1 << 29;
  best[from] = 0;
  for (int round = 0; round < nodes; ++round) {
    int at = -1;
    for (int i = 0; i < nodes; ++i)
      if (!done[i] && (at < 0 || best[i] < best[at])) at = i;
    done[at] = 1;
    for (int i = 0; i < nodes; ++i)
      if (best[at] + distance[at][i] < best[i]) best[i] = best[at] + distance[at][i];
  }
  return best[nodes - 1];
}
static int knapsack(void) {
  static int best[1001];
  memset(best, 0, sizeof best);
  for (int item = 1; item <= 30; ++item) {
    const int weight = item * 17 % 43 + 3, value = item * 29 % 71 + 5;
    for (int w = 1000; w >= weight; --w)
      if (best[w - weight] + value > best[w]) best[w] = best[w - weight] + value;
  }
  return best[1000];
}
static int multiply(void) {
  for (int i = 0; i < 32; ++i)
    for (int j = 0; j < 32; ++j) {
      int sum = 0;
      for (int k = 0; k < 32; ++k) sum += matrix_a[i][k] * matrix_b[k][j];
      matrix_c[i][j] = sum;
    }
  return matrix_c[3][5] ^ matrix_c[31][0];
}
static uint32_t factorial(uint32_t n) {
  memset(digits, 0, sizeof digits);
  digits[0] = 1;
  for (uint32_t f = 2; f <= n; ++f) {
    uint64_t carry = 0;
    for (int i = 0; i < 120; ++i) {
      carry += (uint64_t)digits[i] * f;
      digits[i] = (uint32_t)(carry % 1000000000), carry /= 1000000000;
    }
  }
  return digits[5] ^ digits[20];
}
static int permutations(int* a, int n, int k) {
  if (k == n) return a[0] < a[n - 1];
  int count = 0;
  for (int i = k; i < n; ++i) {
    int t = a[k];
    a[k] = a[i], a[i] = t;
    count += permutations(a, n, k + 1);
    t = a[k], a[k] = a[i], a[i] = t;
  }
  return count;
}
static int solve(uint8_t* board, uint16_t* rows, uint16_t* columns, uint16_t* boxes, int at, int* budget) {
  while (at < 81 && board[at]) ++at;
  if (at == 81 || --*budget < 0) return 1;
  const int row = at / 9, column = at % 9, box = row / 3 * 3 + column / 3;
  const unsigned used = rows[row] | columns[column] | boxes[box];
  for (unsigned digit = 1; digit <= 9; ++digit) {
    const uint16_t bit = (uint16_t)(1u << digit);
    if (used & bit) continue;
    board[at] = (uint8_t)digit, rows[row] ^= bit, columns[column] ^= bit, boxes[box] ^= bit;
    if (solve(board, rows, columns, boxes, at + 1, budget)) return 1;
    board[at] = 0, rows[row] ^= bit, columns[column] ^= bit, boxes[box] ^= bit;
  }
  return 0;
}
static int collatz(int limit) {
  int longest = 0;
  for (int i = 1; i < limit; ++i) {
    int length = 0;
    for (uint64_t x = (uint64_t)i; x != 1; ++length) x = x & 1 ? 3 * x + 1 : x >> 1;
    if (length > longest) longest = length;
  }
  return longest;
}
static uint32_t gcds(void) {
  uint32_t sum = 0;
  for (uint32_t i = 1; i < 120; ++i)
    for (uint32_t j = i; j < 120; ++j) {
      uint32_t a = i * 12, b = j * 18;
      while (b) {
        const uint32_t t = a % b;
        a = b, b = t;
      }
      sum += a;
    }
  return sum;
}

int main(void) {
  uint64_t sum = 0;
  for (int i = 0; i < side * side; ++i) cells[i / side][i % side] = (uint8_t)((i * 7919 >> 3 & 3) == 0);
  for (int i = 0; i < 32; ++i)
    for (int j = 0; j < 32; ++j) matrix_a[i][j] = i * j % 13, matrix_b[i][j] = (i + j) % 7;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < nodes; ++i)
      for (int j = 0; j < nodes; ++j) distance[i][j] = (i * 31 + j * 17 + round) % 100 + 1;
    for (int i = 0; i < 5; ++i) life();
    int items[6] = {1, 2, 3, 4, 5, 6}, budget = 3000;
    uint8_t board[81] = {0};
    uint16_t rows[9] = {0}, columns[9] = {0}, boxes[9] = {0};
    sum += (uint64_t)solve(board, rows, columns, boxes, 0, &budget);
    for (int i = 0; i < nodes; ++i) sum += (uint64_t)dijkstra(i);
    sum += (uint64_t)(shortest() + search(0) + knapsack() + multiply() + permutations(items, 6, 0) +
                      collatz(800));
    sum += factorial(150) + gcds();
  }
  printf("%llx\n", (unsigned long long)sum);
}
