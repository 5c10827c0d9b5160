// Which superinstructions there are, as a table that is complete when the engine is built: only where their
// handlers lie in memory is not known before it runs (vm/code/sequence_table.hpp).
#pragma once

#include "vm/base/choose.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace skerry::vm {

/// Of a handler; 0 for those that are in no sequence, and for none. Below 2^16. Operations come first, then
/// the sequences, part by part: part * handlers_of_part + place.
using HandlerNumber = uint32_t;
inline constexpr HandlerNumber handlers_of_part = 4096;

/// Two sequences: of which two handlers, and the handler of both. A pair of 0: none.
struct SequenceBucket {
  std::array<uint32_t, 2> pair{};
  std::array<uint16_t, 2> fused{};
};

/// A cuckoo hash table: a pair is in one of two buckets, so that looking it up takes no branch, which nothing
/// could predict (Pagh, Rodler: Cuckoo Hashing, 2004).
class SequenceIndex {
public:
  constexpr explicit SequenceIndex(std::span<const SequenceBucket> buckets)
      : buckets_(buckets.data()), count_(buckets.size()) {}

  /// What does `first` and then `second`; 0 when there is none, or when one of them is 0.
  constexpr HandlerNumber find(HandlerNumber first, HandlerNumber second) const {
    const uint32_t pair = pair_of(first, second);
    const auto [place, other_place] = places_of(pair, count_);
    const SequenceBucket &one = buckets_[place], &other = buckets_[other_place];
    return fused_if(one, 0, pair) | fused_if(one, 1, pair) | fused_if(other, 0, pair) |
           fused_if(other, 1, pair);
  }

  /// Puts a pair that is not yet there into one of its buckets, of which there is at least one. False when
  /// they are too full; one pair is lost then.
  static constexpr bool add(std::span<SequenceBucket> buckets, HandlerNumber first, HandlerNumber second,
                            HandlerNumber sequence) {
    uint32_t pair = pair_of(first, second);
    auto fused = static_cast<uint16_t>(sequence);
    size_t place = places_of(pair, buckets.size()).first;
    constexpr size_t most_moves = 500;
    for (size_t moves = 0; moves < most_moves; ++moves) {
      // Who is in the way goes to its other place.
      SequenceBucket& bucket = buckets[place];
      const size_t at = bucket.pair[0] == 0 ? 0 : bucket.pair[1] == 0 ? 1 : moves / 2 % 2;
      std::swap(pair, bucket.pair[at]);
      std::swap(fused, bucket.fused[at]);
      if (pair == 0) return true;
      const auto [one, other] = places_of(pair, buckets.size());
      place = one == place ? other : one;
    }
    return false;
  }

private:
  static constexpr uint32_t pair_of(HandlerNumber first, HandlerNumber second) {
    return first | second << 16;
  }
  static constexpr std::pair<size_t, size_t> places_of(uint32_t pair, size_t count) {
    const uint64_t hash = pair * 0x9e37'79b9'7f4a'7c15u;
    return {(hash >> 32) * count >> 32, (hash & 0xffff'ffff) * count >> 32};
  }
  static constexpr HandlerNumber fused_if(const SequenceBucket& bucket, size_t at, uint32_t pair) {
    return choose(bucket.pair[at] == pair, HandlerNumber{bucket.fused[at]}, HandlerNumber{0});
  }

  const SequenceBucket* buckets_;
  size_t count_;
};

} // namespace skerry::vm
