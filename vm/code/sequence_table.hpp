// Which handlers have a superinstruction for what comes next (docs/rationale.md, "Why superinstructions in
// place?").
#pragma once

#include "vm/code/handler.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace skerry::vm {

/// `fused` does what `first` and `second` do one after the other; `first` may be a superinstruction itself.
struct Sequence {
  Handler first, second, fused;
};

/// Filled once, by an engine; reading is thread-safe.
class SequenceTable {
public:
  /// Makes room for `count` sequences, none yet.
  void reserve(size_t count) {
    size_t slots = 16;
    while (slots * 2 < count * 3) slots *= 2;
    entries_.assign(slots, nullptr);
    tags_.assign(slots, 0);
    maybe_.assign(filter_bits / 64, 0);
  }
  /// At most as many as reserved. Of equal ones the first stays. Keeps the address: the sequence must outlive
  /// the table.
  void add(const Sequence& sequence) {
    const uint64_t hash = hash_of(sequence.first, sequence.second);
    const size_t i = position(hash, sequence.first, sequence.second);
    if (tags_[i] == 0) entries_[i] = &sequence, tags_[i] = tag_of(hash);
    maybe_[hash >> filter_shift >> 6] |= uint64_t{1} << (hash >> filter_shift & 63);
  }
  /// Null when there is none.
  Handler find(Handler first, Handler second) const {
    if (entries_.empty()) return nullptr;
    const uint64_t hash = hash_of(first, second);
    if ((maybe_[hash >> filter_shift >> 6] >> (hash >> filter_shift & 63) & 1) == 0) return nullptr;
    const size_t i = position(hash, first, second);
    return tags_[i] == 0 ? nullptr : entries_[i]->fused;
  }
  bool empty() const { return entries_.empty(); }

private:
  static uint64_t hash_of(Handler first, Handler second) {
    const uint64_t mixed = reinterpret_cast<uintptr_t>(first) * 0x9e37'79b9'7f4a'7c15u;
    return (mixed + reinterpret_cast<uintptr_t>(second)) * 0xff51'afd7'ed55'8ccdu;
  }
  static uint8_t tag_of(uint64_t hash) { return static_cast<uint8_t>(hash >> 24 | 1); }
  size_t position(uint64_t hash, Handler first, Handler second) const {
    const size_t mask = entries_.size() - 1;
    const uint8_t tag = tag_of(hash);
    size_t i = hash >> 32 & mask;
    while (tags_[i] != 0 && (tags_[i] != tag || entries_[i]->first != first || entries_[i]->second != second))
      i = (i + 1) & mask;
    return i;
  }

  // A set bit for each sequence's hash: most pairs that are asked for are none, and this is small enough to
  // stay in the cache nearest to the processor.
  static constexpr unsigned filter_shift = 64 - 17;
  static constexpr size_t filter_bits = size_t{1} << 17;

  // Open addressing; tags before entries, because they fit a cache, too. Pointers, because an engine that
  // runs a small module spends most of its time with what it touches first.
  std::vector<const Sequence*> entries_;
  std::vector<uint8_t> tags_; // 0: empty
  std::vector<uint64_t> maybe_;
};

} // namespace skerry::vm
