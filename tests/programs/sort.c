// Sorts and searches: numbers, texts and structures, with the C library's functions and with its own.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { count = 20000 };

struct Item {
  double weight;
  int32_t id;
  char name[12];
};

static uint32_t state = 12345;
static uint32_t next(void) { return state = state * 1664525 + 1013904223; }

static uint64_t mix(uint64_t hash, const void* bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) hash = (hash ^ ((const unsigned char*)bytes)[i]) * 1099511628211u;
  return hash;
}

static int by_value(const void* a, const void* b) {
  const int32_t x = *(const int32_t*)a, y = *(const int32_t*)b;
  return (x > y) - (x < y);
}
static int by_text(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }
// A total order, because libraries differ in the order of equal elements.
static int by_weight(const void* a, const void* b) {
  const struct Item *x = a, *y = b;
  if (x->weight != y->weight) return x->weight < y->weight ? -1 : 1;
  return (x->id > y->id) - (x->id < y->id);
}

static void numbers(void) {
  static int32_t values[count];
  for (int i = 0; i < count; ++i) values[i] = (int32_t)next() >> (next() % 24);
  qsort(values, count, sizeof *values, by_value);
  int wrong = 0, found = 0;
  for (int i = 1; i < count; ++i) wrong += values[i - 1] > values[i];
  for (int32_t key = -1000; key < 1000; ++key)
    found += bsearch(&key, values, count, sizeof *values, by_value) != NULL;
  printf("numbers: first %" PRId32 ", last %" PRId32 ", %d wrong, %d found\n", values[0], values[count - 1],
         wrong, found);
}

static void texts(void) {
  static char storage[count][16];
  static char* sorted[count];
  for (int i = 0; i < count; ++i) {
    snprintf(storage[i], sizeof storage[i], "%x-%o", next() % 5000u, next() % 64u);
    sorted[i] = storage[i];
  }
  qsort(sorted, count, sizeof *sorted, by_text);
  uint64_t hash = 14695981039346656037u;
  for (int i = 0; i < count; ++i) hash = mix(hash, sorted[i], strlen(sorted[i]) + 1);
  printf("texts: %s … %s, hash %016" PRIx64 "\n", sorted[0], sorted[count - 1], hash);
}

static void structures(void) {
  static struct Item items[count];
  for (int i = 0; i < count; ++i) {
    items[i].weight = (next() % 1000) / 8.0 - 60;
    items[i].id = i;
    snprintf(items[i].name, sizeof items[i].name, "item%d", i);
  }
  qsort(items, count, sizeof *items, by_weight);
  for (int i = 0; i < count; i += count / 5)
    printf("item: %s %d %g\n", items[i].name, (int)items[i].id, items[i].weight);
}

typedef int Less(uint64_t, uint64_t);

static void sift(uint64_t* heap, int at, int end, Less* less) {
  const uint64_t moved = heap[at];
  for (int child; (child = 2 * at + 1) < end; at = child) {
    if (child + 1 < end && less(heap[child], heap[child + 1])) ++child;
    if (!less(moved, heap[child])) break;
    heap[at] = heap[child];
  }
  heap[at] = moved;
}

static void heap_sort(uint64_t* values, int length, Less* less) {
  for (int i = length / 2; i-- > 0;) sift(values, i, length, less);
  for (int end = length - 1; end > 0; --end) {
    const uint64_t largest = values[0];
    values[0] = values[end];
    values[end] = largest;
    sift(values, 0, end, less);
  }
}

static int is_less(uint64_t a, uint64_t b) { return a < b; }
static int is_less_signed(uint64_t a, uint64_t b) { return (int64_t)a < (int64_t)b; }

int main(void) {
  numbers();
  texts();
  structures();
  static uint64_t values[count];
  for (int pass = 0; pass < 2; ++pass) {
    for (int i = 0; i < count; ++i) values[i] = (uint64_t)next() << 32 | next();
    heap_sort(values, count, pass ? is_less_signed : is_less);
    int wrong = 0;
    for (int i = 1; i < count; ++i) wrong += (pass ? is_less_signed : is_less)(values[i], values[i - 1]);
    printf("heap: %016" PRIx64 " … %016" PRIx64 ", %d wrong\n", values[0], values[count - 1], wrong);
  }
  return 0;
}
