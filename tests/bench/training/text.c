// Text and bytes: a tokenizer, number parsing and printing, base64, UTF-8, run length and LZ compression,
// edit distance.
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char source[] =
    "let total = 0; for (item of list) { if (item.price >= 12.50 && item.name != \"none\") total += "
    "item.price * 3; } "
    "/* a comment */ function f(x, y) { return x < y ? x : y - 0x1f + 007; } // end\n";
static uint8_t packed[8192], unpacked[8192];

static unsigned tokens(const char* p) {
  unsigned count = 0, hash = 0;
  for (;;) {
    while (*p == ' ' || *p == '\n' || *p == '\t') ++p;
    if (!*p) return count * 7919 + hash;
    ++count;
    if (isalpha((unsigned char)*p) || *p == '_') {
      while (isalnum((unsigned char)*p) || *p == '_') hash = hash * 31 + (unsigned char)*p++;
    } else if (*p >= '0' && *p <= '9') {
      unsigned value = 0;
      while ((*p >= '0' && *p <= '9') || *p == '.') value = value * 10 + (unsigned)(*p++ - '0');
      hash ^= value;
    } else if (*p == '"') {
      for (++p; *p && *p != '"'; ++p)
        if (*p == '\\') ++p;
      p += *p == '"';
    } else if (p[0] == '/' && p[1] == '*') {
      for (p += 2; *p && !(p[0] == '*' && p[1] == '/'); ++p) ++hash;
      p += *p ? 2 : 0;
    } else {
      switch (*p++) {
      case '(':
      case '{': hash += 3; break;
      case ')':
      case '}': hash += 5; break;
      case '+':
      case '-':
      case '=':
      case '<':
      case '>':
      case '&':
      case '!':
        if (*p == '=' || *p == p[-1]) ++p;
        hash ^= 0x55;
        break;
      default: ++hash;
      }
    }
  }
}
static size_t base64(const uint8_t* in, size_t n, uint8_t* out) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint8_t* start = out;
  for (size_t i = 0; i + 2 < n; i += 3) {
    const uint32_t v = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];
    *out++ = (uint8_t)alphabet[v >> 18], *out++ = (uint8_t)alphabet[v >> 12 & 63];
    *out++ = (uint8_t)alphabet[v >> 6 & 63], *out++ = (uint8_t)alphabet[v & 63];
  }
  return (size_t)(out - start);
}
static unsigned utf8(const uint8_t* p, size_t n) {
  unsigned points = 0, sum = 0;
  for (const uint8_t* end = p + n; p < end; ++points) {
    uint32_t c = *p++;
    if (c >= 0xf0 && p + 2 < end)
      c = (c & 7) << 18 | (uint32_t)(p[0] & 63) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63), p += 3;
    else if (c >= 0xe0 && p + 1 < end)
      c = (c & 15) << 12 | (uint32_t)(p[0] & 63) << 6 | (p[1] & 63), p += 2;
    else if (c >= 0xc0 && p < end)
      c = (c & 31) << 6 | (*p++ & 63);
    sum += c;
  }
  return sum + points;
}
static size_t lz(const uint8_t* in, size_t n, uint8_t* out) {
  static uint16_t table[1024];
  uint8_t* start = out;
  memset(table, 0, sizeof table);
  for (size_t i = 0; i + 4 < n;) {
    uint32_t word;
    memcpy(&word, in + i, 4);
    const uint32_t h = word * 2654435761u >> 22;
    const size_t from = table[h];
    table[h] = (uint16_t)i;
    size_t length = 0;
    if (from < i)
      while (length < 255 && i + length < n && in[from + length] == in[i + length]) ++length;
    if (length >= 4) {
      *out++ = 0xff, *out++ = (uint8_t)length, *out++ = (uint8_t)(i - from),
      *out++ = (uint8_t)((i - from) >> 8);
      i += length;
    } else {
      *out++ = in[i++];
    }
  }
  return (size_t)(out - start);
}
static size_t unlz(const uint8_t* in, size_t n, uint8_t* out) {
  size_t size = 0;
  for (size_t i = 0; i < n;) {
    if (in[i] != 0xff) {
      out[size++] = in[i++];
      continue;
    }
    const size_t length = in[i + 1], distance = in[i + 2] | (size_t)in[i + 3] << 8;
    for (size_t k = 0; k < length; ++k, ++size) out[size] = out[size - distance];
    i += 4;
  }
  return size;
}
static int edit_distance(const char* a, const char* b) {
  static int row[128];
  const int n = (int)strlen(b);
  for (int j = 0; j <= n; ++j) row[j] = j;
  for (int i = 1; a[i - 1]; ++i) {
    int diagonal = row[0];
    row[0] = i;
    for (int j = 1; j <= n; ++j) {
      const int replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      int best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      row[j] = replaced < best ? replaced : best;
    }
  }
  return row[n];
}

int main(void) {
  static char text[4096];
  char number[32];
  uint64_t sum = 0;
  while (strlen(text) + sizeof source < sizeof text) strcat(text, source);
  for (int round = 0; round < 12; ++round) {
    sum += tokens(text) + base64((const uint8_t*)text, 3000, packed) + utf8(packed, 4000);
    const size_t size = lz((const uint8_t*)text, strlen(text), packed);
    sum += size + unlz(packed, size, unpacked);
    sum += (uint64_t)edit_distance("the quick brown fox jumps over the lazy dog",
                                   "a quiet brown ox jumped over one crazy dog");
    for (int i = 0; i < 100; ++i) {
      snprintf(number, sizeof number, "%d %.3f %x", i * 7919, i * 0.37, (unsigned)i * 40503u);
      sum += strlen(number) + (uint64_t)(unsigned char)number[3];
    }
  }
  printf("%llx\n", (unsigned long long)sum);
}
