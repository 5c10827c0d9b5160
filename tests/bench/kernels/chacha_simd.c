// A cipher in vectors: ChaCha20 (RFC 8439), four blocks side by side, a word of each in a vector. The
// argument is the number of times that 16 KiB are encrypted. Prints a checksum of the result.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <wasm_simd128.h>

enum { bytes = 16 << 10, block_words = 16, blocks = 4, rounds = 20 };
static uint32_t text[bytes / 4];

static v128_t rotate(v128_t x, uint32_t left) {
  return wasm_v128_or(wasm_i32x4_shl(x, left), wasm_u32x4_shr(x, 32 - left));
}
#define QUARTER(a, b, c, d)                                                                                  \
  a = wasm_i32x4_add(a, b), d = rotate(wasm_v128_xor(d, a), 16);                                             \
  c = wasm_i32x4_add(c, d), b = rotate(wasm_v128_xor(b, c), 12);                                             \
  a = wasm_i32x4_add(a, b), d = rotate(wasm_v128_xor(d, a), 8);                                              \
  c = wasm_i32x4_add(c, d), b = rotate(wasm_v128_xor(b, c), 7);

static void four_blocks(const v128_t start[block_words], v128_t x[block_words]) {
  for (int i = 0; i < block_words; i++) x[i] = start[i];
  for (int round = 0; round < rounds; round += 2) {
    QUARTER(x[0], x[4], x[8], x[12])
    QUARTER(x[1], x[5], x[9], x[13])
    QUARTER(x[2], x[6], x[10], x[14])
    QUARTER(x[3], x[7], x[11], x[15])
    QUARTER(x[0], x[5], x[10], x[15])
    QUARTER(x[1], x[6], x[11], x[12])
    QUARTER(x[2], x[7], x[8], x[13])
    QUARTER(x[3], x[4], x[9], x[14])
  }
  for (int i = 0; i < block_words; i++) x[i] = wasm_i32x4_add(x[i], start[i]);
}

/// Four words of each of four blocks, from vectors by word to vectors by block, into the text.
static void mix(const v128_t x[4], uint32_t* to) {
  const v128_t low01 = wasm_i32x4_shuffle(x[0], x[1], 0, 4, 1, 5),
               high01 = wasm_i32x4_shuffle(x[0], x[1], 2, 6, 3, 7);
  const v128_t low23 = wasm_i32x4_shuffle(x[2], x[3], 0, 4, 1, 5),
               high23 = wasm_i32x4_shuffle(x[2], x[3], 2, 6, 3, 7);
  const v128_t rows[blocks] = {wasm_i64x2_shuffle(low01, low23, 0, 2), wasm_i64x2_shuffle(low01, low23, 1, 3),
                               wasm_i64x2_shuffle(high01, high23, 0, 2),
                               wasm_i64x2_shuffle(high01, high23, 1, 3)};
  for (int block = 0; block < blocks; block++) {
    uint32_t* at = to + block * block_words;
    wasm_v128_store(at, wasm_v128_xor(wasm_v128_load(at), rows[block]));
  }
}

static void encrypt(const uint32_t key[8], const uint32_t nonce[3]) {
  v128_t start[block_words], x[block_words];
  const uint32_t constants[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  for (int i = 0; i < 4; i++) start[i] = wasm_u32x4_splat(constants[i]);
  for (int i = 0; i < 8; i++) start[4 + i] = wasm_u32x4_splat(key[i]);
  for (int i = 0; i < 3; i++) start[13 + i] = wasm_u32x4_splat(nonce[i]);
  start[12] = wasm_u32x4_make(1, 2, 3, 4);
  for (int at = 0; at < bytes / 4; at += blocks * block_words) {
    four_blocks(start, x);
    for (int i = 0; i < block_words; i += 4) mix(x + i, text + at + i);
    start[12] = wasm_i32x4_add(start[12], wasm_u32x4_splat(blocks));
  }
}

int main(int argc, char** argv) {
  const int times = argc > 1 ? atoi(argv[1]) : 100;
  // Key, nonce and counter of RFC 8439, 2.4.2; with times = 1 the text is its key stream.
  uint32_t key[8], nonce[3] = {0, 0x4a000000, 0};
  for (uint32_t i = 0; i < 8; i++) key[i] = 4 * i | (4 * i + 1) << 8 | (4 * i + 2) << 16 | (4 * i + 3) << 24;
  for (int i = 0; i < times; i++, nonce[0]++) encrypt(key, nonce);
  uint64_t sum = 0;
  for (int i = 0; i < bytes / 4; i++) sum = sum * 31 + text[i];
  printf("%08x %016llx\n", (unsigned)text[0], (unsigned long long)sum);
  return 0;
}
