// Hashing with a random key. The author of a module therefore cannot choose names or types that collide.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <string_view>

namespace skerry::vm {

/// One KeyedHash maps equal bytes to equal numbers. Two KeyedHashes have different random keys and map the
/// same bytes to different numbers. Thread-safe.
class KeyedHash {
public:
  KeyedHash() {
    std::random_device random;
    const auto word = [&] { return uint64_t{random()} << 32 | random(); };
    seed_ = word();
    multiplier_ = word() | 1;
  }

  uint64_t operator()(std::string_view text) const { return add(seed_, std::as_bytes(std::span(text))); }
  uint64_t seed() const { return seed_; }

  /// Returns the hash of the data that `hash` stands for, followed by `bytes`.
  uint64_t add(uint64_t hash, std::span<const std::byte> bytes) const {
    hash = mix(hash ^ bytes.size());
    const std::byte* at = bytes.data();
    size_t left = bytes.size();
    for (uint64_t word = 0; left >= sizeof word; at += sizeof word, left -= sizeof word) {
      std::memcpy(&word, at, sizeof word);
      hash = mix(hash ^ word);
    }
    if (left == 0) return hash;
    uint64_t word = 0;
    std::memcpy(&word, at, left);
    return mix(hash ^ word);
  }

  /// Returns the high half of the 128-bit product, exclusive or its low half. Needs no type with 128 bits.
  static constexpr uint64_t folded_product(uint64_t x, uint64_t y) {
    constexpr uint64_t half = 0xffff'ffff;
    const uint64_t a = x >> 32, b = x & half, c = y >> 32, d = y & half;
    const uint64_t low = b * d, first = a * d + (low >> 32), second = b * c + (first & half);
    return (second << 32 | (low & half)) ^ (a * c + (first >> 32) + (second >> 32));
  }

private:
  /// Multiplies `word` by the key and folds the 128-bit product to 64 bits, so that every bit of the input
  /// affects every bit of the result.
  uint64_t mix(uint64_t word) const {
#if defined(__SIZEOF_INT128__)
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(word) * multiplier_;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
#else // processors with 32 bits
    return folded_product(word, multiplier_);
#endif
  }

  uint64_t seed_, multiplier_;
};

} // namespace skerry::vm
