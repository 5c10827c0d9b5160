// Floating point: LU decomposition, an FFT, a spring simulation, Mandelbrot, Monte Carlo, a convolution,
// Runge-Kutta.
#include <math.h>
#include <stdint.h>
#include <stdio.h>

enum { n = 40, points = 256, grid = 48 };
static double matrix[n][n], re[points], im[points];
static float image[grid][grid], blurred[grid][grid];
typedef struct {
  double x, y, z, vx, vy, vz;
} Body;
static Body bodies[24];

static double lu(void) {
  for (int k = 0; k < n; ++k)
    for (int i = k + 1; i < n; ++i) {
      const double factor = matrix[i][k] /= matrix[k][k];
      for (int j = k + 1; j < n; ++j) matrix[i][j] -= factor * matrix[k][j];
    }
  double det = 1;
  for (int k = 0; k < n; ++k) det *= matrix[k][k];
  return det;
}
static void fft(void) {
  for (int i = 1, j = 0; i < points; ++i) {
    int bit = points >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const double t = re[i], u = im[i];
      re[i] = re[j], im[i] = im[j], re[j] = t, im[j] = u;
    }
  }
  for (int len = 2; len <= points; len *= 2) {
    const double cr = cos(6.283185307179586 / len), ci = sin(6.283185307179586 / len);
    for (int i = 0; i < points; i += len) {
      double wr = 1, wi = 0;
      for (int k = 0; k < len / 2; ++k) {
        const int a = i + k, b = a + len / 2;
        const double xr = re[b] * wr - im[b] * wi, xi = re[b] * wi + im[b] * wr;
        re[b] = re[a] - xr, im[b] = im[a] - xi, re[a] += xr, im[a] += xi;
        const double t = wr * cr - wi * ci;
        wi = wr * ci + wi * cr, wr = t;
      }
    }
  }
}
static void springs(double dt) {
  for (int i = 0; i < 24; ++i)
    for (int j = 0; j < i; ++j) {
      Body *a = &bodies[i], *b = &bodies[j];
      const double dx = b->x - a->x, dy = b->y - a->y, dz = b->z - a->z;
      const double length = sqrt(dx * dx + dy * dy + dz * dz) + 0.01;
      const double pull = (length - 1) / length * dt;
      a->vx += dx * pull, a->vy += dy * pull, a->vz += dz * pull;
      b->vx -= dx * pull, b->vy -= dy * pull, b->vz -= dz * pull;
    }
  for (int i = 0; i < 24; ++i) {
    Body* a = &bodies[i];
    a->x += a->vx * dt, a->y += a->vy * dt, a->z += a->vz * dt;
  }
}
static int julia(void) {
  int inside = 0;
  for (int py = 0; py < grid; ++py)
    for (int px = 0; px < grid; ++px) {
      double x = px * 0.0625 - 2, y = py * 0.0625 - 1.5;
      int k = 0;
      for (; k < 60 && x * x + y * y < 4; ++k) {
        const double t = x * x - y * y - 0.4;
        y = 2 * x * y + 0.6, x = t;
      }
      inside += k;
    }
  return inside;
}
static void blur(void) {
  static const float kernel[3][3] = {{1, 2, 1}, {2, 4, 2}, {1, 2, 1}};
  for (int y = 1; y + 1 < grid; ++y)
    for (int x = 1; x + 1 < grid; ++x) {
      float sum = 0;
      for (int j = -1; j <= 1; ++j)
        for (int i = -1; i <= 1; ++i) sum += kernel[j + 1][i + 1] * image[y + j][x + i];
      blurred[y][x] = sum / 16;
    }
}
static double runge_kutta(int steps) {
  double y = 1, t = 0;
  const double h = 0.001;
  for (int i = 0; i < steps; ++i, t += h) {
    const double a = t - y * y, b = t + h / 2 - (y + h / 2 * a) * (y + h / 2 * a);
    const double c = t + h / 2 - (y + h / 2 * b) * (y + h / 2 * b), d = t + h - (y + h * c) * (y + h * c);
    y += h / 6 * (a + 2 * b + 2 * c + d);
  }
  return y;
}
static double vectors(double* a, double* b, int count) {
  double dot = 0, norm = 0;
  for (int i = 0; i < count; ++i) dot += a[i] * b[i];
  for (int i = 0; i < count; ++i) norm += (a[i] - b[i]) * (a[i] - b[i]);
  for (int i = 0; i < count; ++i) b[i] = 0.5 * a[i] + b[i];
  return dot + sqrt(norm);
}

int main(void) {
  uint32_t state = 1;
  double sum = 0;
  int hits = 0;
  for (int i = 0; i < points; ++i) re[i] = (i * 37 % 101) * 0.01, im[i] = 0;
  for (int i = 0; i < grid; ++i)
    for (int j = 0; j < grid; ++j) image[i][j] = (float)((i * j) % 17);
  for (int i = 0; i < 24; ++i) bodies[i] = (Body){i * 0.3, i % 5, i % 3, 0, 0.1 * i, 0};
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) matrix[i][j] = (i == j) * 50 + (i * 7 + j * 3 + round) % 11;
    sum += lu();
    fft(), blur(), springs(0.01);
    for (int i = 0; i < 20; ++i) springs(0.005), sum += vectors(re, im, points);
    sum += julia() + runge_kutta(500) + blurred[5][7] + bodies[3].x;
    for (int i = 0; i < 3000; ++i) {
      state = state * 1103515245 + 12345;
      const double x = (state >> 8) * 0x1p-24;
      state = state * 1103515245 + 12345;
      const double y = (state >> 8) * 0x1p-24;
      hits += x * x + y * y <= 1;
    }
  }
  printf("%.6g %d\n", sum, hits);
}
