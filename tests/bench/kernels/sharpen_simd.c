// An image filter in vectors: a blur (1 2 1 by 1 2 1), then the image is sharpened with its difference from
// that, eight pixels at a time, saturating. The argument is the number of times. Prints a checksum of the
// image.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <wasm_simd128.h>

enum { width = 512, height = 256, stride = width + 16 };
static uint8_t image[(height + 2) * stride], result[(height + 2) * stride];

static v128_t pixels(const uint8_t* at) { return wasm_u16x8_load8x8(at); }
static v128_t weighted(v128_t a, v128_t b, v128_t c) {
  return wasm_i16x8_add(wasm_i16x8_add(a, c), wasm_i16x8_shl(b, 1));
}
static v128_t row_sum(const uint8_t* at) { return weighted(pixels(at - 1), pixels(at), pixels(at + 1)); }

static void sharpen(void) {
  for (int y = 1; y <= height; y++) {
    for (int x = 8; x < width + 8; x += 8) {
      const uint8_t* at = image + y * stride + x;
      const v128_t blurred =
          wasm_u16x8_shr(wasm_i16x8_add(weighted(row_sum(at - stride), row_sum(at), row_sum(at + stride)),
                                        wasm_i16x8_splat(8)),
                         4);
      const v128_t pixel = pixels(at);
      const v128_t more =
          wasm_i16x8_shr(wasm_i16x8_mul(wasm_i16x8_sub(pixel, blurred), wasm_i16x8_splat(3)), 2);
      const v128_t sharp = wasm_i16x8_add_sat(pixel, more);
      wasm_v128_store64_lane(result + y * stride + x, wasm_u8x16_narrow_i16x8(sharp, sharp), 0);
    }
  }
}

int main(int argc, char** argv) {
  const int times = argc > 1 ? atoi(argv[1]) : 20;
  uint32_t random = 1;
  for (unsigned i = 0; i < sizeof image; i++)
    image[i] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
  for (int i = 0; i < times; i++) {
    sharpen();
    for (int y = 1; y <= height; y++)
      for (int x = 8; x < width + 8; x += 16) {
        const int at = y * stride + x;
        wasm_v128_store(image + at, wasm_u8x16_avgr(wasm_v128_load(image + at), wasm_v128_load(result + at)));
      }
  }
  uint64_t sum = 0;
  for (unsigned i = 0; i < sizeof image; i++) sum = sum * 31 + image[i];
  printf("%016llx\n", (unsigned long long)sum);
  return 0;
}
