// Which handlers have a superinstruction for what comes next (docs/rationale.md, "Why superinstructions in
// place?").
#pragma once

#include "vm/base/choose.hpp"
#include "vm/code/handler.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace skerry::vm {

/// `fused` does what `first` and `second` do one after the other; `first` may be a superinstruction itself.
struct Sequence {
  Handler first, second, fused;
};

/// Made once, by an engine; reading is thread-safe. A cuckoo hash table: a pair is in one of two places, so
/// that looking it up takes no branch, which nothing could predict (Pagh, Rodler: Cuckoo Hashing, 2004).
class SequenceTable {
public:
  /// Rows whose `fused` is null do not count. Of equal pairs the first row stays. What cannot be placed is
  /// left out: it is merely not fused.
  explicit SequenceTable(std::span<const std::span<const Sequence>> parts);

  /// none() when there is none. Handlers are the program's own, no two of them 2 GiB apart, or none().
  Handler find(Handler first, Handler second) const {
    const Pair pair = pair_of(first, second);
    const Places at = places_of(pair);
    const Entry &one = entries_[at.one], &other = entries_[at.other];
    return handler_at(choose(one.pair() == pair, one.fused, 0) |
                      choose(other.pair() == pair, other.fused, 0));
  }
  /// Stands for no handler: no pair with it has a sequence. Never to be called.
  Handler none() const { return handler_at(0); }

private:
  using Pair = uint64_t; // both distances
  /// Distances and not addresses: half the memory, and what an engine touches at its start is most of what a
  /// small module costs.
  struct Entry {
    int32_t first = 0, second = 0, fused = 0;
    Pair pair() const { return pair_of_distances(first, second); }
  };
  struct Places {
    size_t one, other;
  };

  /// From base_, which is no handler's address.
  int32_t distance_of(Handler handler) const {
    return static_cast<int32_t>(reinterpret_cast<uintptr_t>(handler) - base_);
  }
  Handler handler_at(int32_t distance) const {
    return reinterpret_cast<Handler>(base_ + static_cast<uintptr_t>(intptr_t{distance}));
  }
  static Pair pair_of_distances(int32_t first, int32_t second) {
    return static_cast<uint32_t>(first) | uint64_t{static_cast<uint32_t>(second)} << 32;
  }
  Pair pair_of(Handler first, Handler second) const {
    return pair_of_distances(distance_of(first), distance_of(second));
  }
  Places places_of(Pair pair) const {
    const uint64_t hash = (pair ^ pair >> 29) * 0x9e37'79b9'7f4a'7c15u;
    return {hash >> 32 & mask_, hash >> 47 & mask_};
  }
  void add(const Sequence& sequence);

  std::vector<Entry> entries_; // fused 0: empty
  size_t mask_ = 0;
  uintptr_t base_ = 0;
};

} // namespace skerry::vm
