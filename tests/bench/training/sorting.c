// Sorting and searching: heap, merge, shell, insertion and radix sort, a library qsort, binary search, a
// priority queue.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { size = 6000 };
static int source[size], work[size], other[size];

static void heap_sort(int* a, int n) {
  for (int start = n / 2 - 1, end = n; end > 1;) {
    int root;
    if (start >= 0) {
      root = start--;
    } else {
      const int t = a[--end];
      a[end] = a[0], a[0] = t, root = 0;
    }
    for (int child; (child = 2 * root + 1) < end; root = child) {
      if (child + 1 < end && a[child] < a[child + 1]) ++child;
      if (a[root] >= a[child]) break;
      const int t = a[root];
      a[root] = a[child], a[child] = t;
    }
  }
}
static void merge_sort(int* a, int* b, int n) {
  if (n < 2) return;
  const int half = n / 2;
  merge_sort(a, b, half), merge_sort(a + half, b, n - half);
  int i = 0, j = half, k = 0;
  while (i < half && j < n) b[k++] = a[i] <= a[j] ? a[i++] : a[j++];
  while (i < half) b[k++] = a[i++];
  while (j < n) b[k++] = a[j++];
  for (i = 0; i < n; ++i) a[i] = b[i];
}
static void shell_sort(int* a, int n) {
  for (int gap = n / 2; gap > 0; gap /= 2)
    for (int i = gap; i < n; ++i) {
      const int t = a[i];
      int j = i;
      for (; j >= gap && a[j - gap] > t; j -= gap) a[j] = a[j - gap];
      a[j] = t;
    }
}
static void radix_sort(uint32_t* a, uint32_t* b, int n) {
  for (int shift = 0; shift < 32; shift += 8) {
    uint32_t count[257] = {0};
    for (int i = 0; i < n; ++i) ++count[(a[i] >> shift & 0xff) + 1];
    for (int i = 0; i < 256; ++i) count[i + 1] += count[i];
    for (int i = 0; i < n; ++i) b[count[a[i] >> shift & 0xff]++] = a[i];
    memcpy(a, b, sizeof(uint32_t) * (size_t)n);
  }
}
static void partition_sort(int* low, int* high) {
  while (low < high) {
    int *i = low - 1, *j = high + 1;
    const int pivot = low[(high - low) >> 1];
    for (;;) {
      do ++i;
      while (*i < pivot);
      do --j;
      while (*j > pivot);
      if (i >= j) break;
      const int t = *i;
      *i = *j, *j = t;
    }
    partition_sort(low, j);
    low = j + 1;
  }
}
static int compare(const void* x, const void* y) {
  const int a = *(const int*)x, b = *(const int*)y;
  return a < b ? -1 : a > b;
}
static int find(const int* a, int n, int key) {
  int low = 0, high = n;
  while (low < high) {
    const int middle = low + (high - low) / 2;
    if (a[middle] < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

int main(void) {
  uint32_t state = 12345, sum = 0;
  for (int i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    source[i] = (int)(state >> 4);
  }
  for (int kind = 0; kind < 6; ++kind) {
    memcpy(work, source, sizeof work);
    switch (kind) {
    case 0: heap_sort(work, size); break;
    case 1: merge_sort(work, other, size); break;
    case 2: shell_sort(work, size); break;
    case 3: radix_sort((uint32_t*)work, (uint32_t*)other, size); break;
    case 4: qsort(work, size, sizeof(int), compare); break;
    default: partition_sort(work, work + size - 1);
    }
    for (int i = 0; i < size; ++i) sum = sum * 31 + (uint32_t)work[i];
    for (int i = 0; i < size; ++i) sum += (uint32_t)find(work, size, source[i]);
  }
  printf("%x\n", sum);
}
