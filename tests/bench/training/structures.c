// Data structures: a string hash table, a binary tree, linked lists, a bit set, a ring buffer, union-find, a
// trie, malloc.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Node {
  struct Node *left, *right;
  int key, count;
} Node;
typedef struct Item {
  struct Item* next;
  char* name;
  int value;
} Item;

static Item* buckets[512];
static uint32_t random_state = 99;
static uint32_t next_random(void) {
  random_state = random_state * 22695477 + 1;
  return random_state >> 8;
}

static Item* lookup(const char* name, int insert) {
  uint32_t h = 5381;
  for (const char* p = name; *p; ++p) h = h * 33 ^ (uint8_t)*p;
  Item** at = &buckets[h & 511];
  for (; *at; at = &(*at)->next)
    if (strcmp((*at)->name, name) == 0) return *at;
  if (!insert) return NULL;
  Item* item = malloc(sizeof *item);
  item->next = NULL, item->name = strdup(name), item->value = 0;
  return *at = item;
}
static Node* add(Node* tree, int key) {
  Node** at = &tree;
  while (*at && (*at)->key != key) at = key < (*at)->key ? &(*at)->left : &(*at)->right;
  if (!*at) *at = calloc(1, sizeof(Node)), (*at)->key = key;
  ++(*at)->count;
  return tree;
}
static int depth(const Node* tree) {
  if (!tree) return 0;
  const int left = depth(tree->left), right = depth(tree->right);
  return 1 + (left > right ? left : right);
}
static void release(Node* tree) {
  if (!tree) return;
  release(tree->left), release(tree->right);
  free(tree);
}
static int root_of(int* parent, int x) {
  while (parent[x] != x) x = parent[x] = parent[parent[x]];
  return x;
}
static int union_find(void) {
  static int parent[2000];
  int sets = 2000;
  for (int i = 0; i < 2000; ++i) parent[i] = i;
  for (int i = 0; i < 3000; ++i) {
    const int a = root_of(parent, (int)(next_random() % 2000)),
              b = root_of(parent, (int)(next_random() % 2000));
    if (a != b) parent[a] = b, --sets;
  }
  return sets;
}
static int odd_sieve(void) {
  static uint32_t bits[1024];
  memset(bits, 0, sizeof bits);
  int found = 1;
  for (uint32_t i = 1; i < 32768; ++i) {
    if (bits[i >> 5] >> (i & 31) & 1) continue;
    ++found;
    for (uint32_t j = 2 * i * (i + 1); j < 32768 && i < 128; j += 2 * i + 1) bits[j >> 5] |= 1u << (j & 31);
  }
  return found;
}
static uint64_t ring(void) {
  static uint64_t buffer[256];
  uint32_t head = 0, tail = 0;
  uint64_t sum = 0;
  for (int i = 0; i < 20000; ++i) {
    if ((next_random() & 3) && head - tail < 256) buffer[head++ & 255] = (uint64_t)i * 0x9e3779b97f4a7c15u;
    if (head != tail && (i & 1)) sum ^= buffer[tail++ & 255];
  }
  return sum;
}
static int reversed_list(void) {
  Item* list = NULL;
  for (int i = 0; i < 500; ++i) {
    Item* item = malloc(sizeof *item);
    item->value = i, item->next = list, list = item;
  }
  Item* back = NULL;
  while (list) {
    Item* next = list->next;
    list->next = back, back = list, list = next;
  }
  int sum = 0;
  while (back) {
    Item* next = back->next;
    sum = sum * 3 + back->value;
    free(back), back = next;
  }
  return sum;
}
static uint32_t open_table(void) {
  static uint32_t keys[4096], values[4096];
  memset(keys, 0, sizeof keys);
  for (int i = 0; i < 3000; ++i) {
    const uint32_t key = next_random() | 1;
    uint32_t at = (key * 0x9e3779b1u) >> 20;
    while (keys[at] && keys[at] != key) at = (at + 1) & 4095;
    keys[at] = key, ++values[at];
  }
  uint32_t sum = 0;
  for (int i = 0; i < 4096; ++i)
    if (keys[i]) sum += keys[i] ^ values[i];
  return sum;
}

int main(void) {
  uint64_t sum = 0;
  char name[16];
  for (int round = 0; round < 4; ++round) {
    Node* tree = NULL;
    for (int i = 0; i < 2000; ++i) tree = add(tree, (int)(next_random() % 5000));
    sum += (uint64_t)depth(tree);
    release(tree);
    for (int i = 0; i < 1500; ++i) {
      snprintf(name, sizeof name, "key%u", next_random() % 700);
      lookup(name, 1)->value += i;
    }
    sum += (uint64_t)(union_find() + odd_sieve() + reversed_list()) + ring() + open_table();
  }
  printf("%llx\n", (unsigned long long)sum);
}
