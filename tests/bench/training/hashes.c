// MD5-like, SHA-512-like, BLAKE2s-like and SipHash-like mixing; Adler-32, Fletcher, FNV, MurmurHash3, CRC-16.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint8_t data[1 << 14];

static uint32_t rotl32(uint32_t x, int n) { return x << n | x >> (32 - n); }
static uint64_t rotr64(uint64_t x, int n) { return x >> n | x << (64 - n); }

static uint32_t md5_like(const uint8_t* p, size_t blocks) {
  uint32_t a = 0x67452301, b = 0xefcdab89, c = 0x98badcfe, d = 0x10325476;
  static const int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  for (; blocks > 0; --blocks, p += 64) {
    uint32_t w[16], s[4] = {a, b, c, d};
    memcpy(w, p, 64);
    for (int i = 0; i < 64; ++i) {
      uint32_t f;
      int g;
      if (i < 16)
        f = (b & c) | (~b & d), g = i;
      else if (i < 32)
        f = (d & b) | (~d & c), g = (5 * i + 1) & 15;
      else if (i < 48)
        f = b ^ c ^ d, g = (3 * i + 5) & 15;
      else
        f = c ^ (b | ~d), g = (7 * i) & 15;
      f += a + 0x9e3779b9u * (uint32_t)i + w[g];
      a = d, d = c, c = b, b += rotl32(f, turns[i / 16][i & 3]);
    }
    a += s[0], b += s[1], c += s[2], d += s[3];
  }
  return a ^ b ^ c ^ d;
}

static uint64_t sha512_like(const uint8_t* p, size_t blocks) {
  uint64_t h[8] = {1, 2, 3, 4, 5, 6, 7, 8}, w[80];
  for (; blocks > 0; --blocks, p += 128) {
    for (int i = 0; i < 16; ++i) {
      w[i] = 0;
      for (int j = 0; j < 8; ++j) w[i] = w[i] << 8 | p[8 * i + j];
    }
    for (int i = 16; i < 80; ++i) {
      const uint64_t x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + (rotr64(x, 1) ^ rotr64(x, 8) ^ x >> 7) +
             (rotr64(y, 19) ^ rotr64(y, 61) ^ y >> 6);
    }
    uint64_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
    for (int i = 0; i < 80; ++i) {
      const uint64_t t = k + (rotr64(e, 14) ^ rotr64(e, 18) ^ rotr64(e, 41)) + ((e & f) ^ (~e & g)) + w[i] +
                         (uint64_t)i * 977;
      const uint64_t u = (rotr64(a, 28) ^ rotr64(a, 34) ^ rotr64(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
      k = g, g = f, f = e, e = d + t, d = c, c = b, b = a, a = t + u;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += k;
  }
  return h[0] ^ h[3] ^ h[7];
}

static void quarter(uint32_t* v, int a, int b, int c, int d) {
  v[a] += v[b], v[d] = rotl32(v[d] ^ v[a], 16);
  v[c] += v[d], v[b] = rotl32(v[b] ^ v[c], 12);
  v[a] += v[b], v[d] = rotl32(v[d] ^ v[a], 8);
  v[c] += v[d], v[b] = rotl32(v[b] ^ v[c], 7);
}
static uint32_t stream_cipher(int blocks) {
  uint32_t key[16], v[16], sum = 0;
  for (int i = 0; i < 16; ++i) key[i] = 0x61707865u * (uint32_t)(i + 1);
  for (; blocks > 0; --blocks, ++key[12]) {
    memcpy(v, key, sizeof v);
    for (int round = 0; round < 10; ++round) {
      quarter(v, 0, 4, 8, 12), quarter(v, 1, 5, 9, 13), quarter(v, 2, 6, 10, 14), quarter(v, 3, 7, 11, 15);
      quarter(v, 0, 5, 10, 15), quarter(v, 1, 6, 11, 12), quarter(v, 2, 7, 8, 13), quarter(v, 3, 4, 9, 14);
    }
    for (int i = 0; i < 16; ++i) sum += v[i] + key[i];
  }
  return sum;
}

static uint64_t sip_like(const uint8_t* p, size_t words) {
  uint64_t a = 1, b = 2, c = 3, d = 4;
  for (size_t i = 0; i < words; ++i) {
    uint64_t m;
    memcpy(&m, p + 8 * i, 8);
    d ^= m;
    for (int k = 0; k < 2; ++k) {
      a += b, b = rotr64(b, 51) ^ a, a = rotr64(a, 32), c += d, d = rotr64(d, 48) ^ c;
      a += d, d = rotr64(d, 43) ^ a, c += b, b = rotr64(b, 47) ^ c, c = rotr64(c, 32);
    }
    a ^= m;
  }
  return a ^ b ^ c ^ d;
}

static uint32_t murmur(const uint8_t* p, size_t words) {
  uint32_t h = 7;
  for (size_t i = 0; i < words; ++i) {
    uint32_t k;
    memcpy(&k, p + 4 * i, 4);
    k = rotl32(k * 0xcc9e2d51, 15) * 0x1b873593;
    h = rotl32(h ^ k, 13) * 5 + 0xe6546b64;
  }
  return h ^ h >> 16;
}

static uint32_t small_sums(const uint8_t* p, size_t n) {
  static uint16_t table[256];
  if (table[1] == 0)
    for (unsigned i = 0; i < 256; ++i) {
      unsigned x = i << 8;
      for (int k = 0; k < 8; ++k) x = x & 0x8000 ? x << 1 ^ 0x1021 : x << 1;
      table[i] = (uint16_t)x;
    }
  uint32_t a = 1, b = 0, fnv = 0x811c9dc5;
  uint16_t crc = 0xffff;
  for (size_t i = 0; i < n; ++i) a = (a + p[i]) % 65521, b = (b + a) % 65521;
  for (size_t i = 0; i < n; ++i) fnv = (fnv ^ p[i]) * 0x01000193;
  for (size_t i = 0; i < n; ++i) crc = (uint16_t)(crc << 8 ^ table[(crc >> 8 ^ p[i]) & 0xff]);
  return (b << 16 | a) ^ fnv ^ crc;
}

int main(void) {
  uint64_t state = 88172645463325252u, sum = 0;
  for (size_t i = 0; i < sizeof data; ++i) {
    state ^= state << 7, state ^= state >> 9;
    data[i] = (uint8_t)state;
  }
  for (int i = 0; i < 4; ++i) {
    sum += md5_like(data, sizeof data / 64) + sha512_like(data, sizeof data / 128) + stream_cipher(200);
    sum += sip_like(data, sizeof data / 8) + murmur(data, sizeof data / 4) + small_sums(data, sizeof data);
  }
  printf("%llx\n", (unsigned long long)sum);
}
