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
    while (slots < count * 2) slots *= 2;
    entries_.assign(slots, {});
  }
  /// At most as many as reserved. Of equal ones the first stays.
  void add(const Sequence& sequence) {
    Sequence& entry = entries_[position(sequence.first, sequence.second)];
    if (entry.fused == nullptr) entry = sequence;
  }
  /// Null when there is none.
  Handler find(Handler first, Handler second) const {
    return entries_.empty() ? nullptr : entries_[position(first, second)].fused;
  }
  bool empty() const { return entries_.empty(); }

private:
  size_t position(Handler first, Handler second) const {
    const uint64_t key = reinterpret_cast<uintptr_t>(first) * 3 + reinterpret_cast<uintptr_t>(second);
    const size_t mask = entries_.size() - 1;
    size_t i = (key * 0x9e37'79b9'7f4a'7c15u) >> 32 & mask;
    while (entries_[i].fused != nullptr && (entries_[i].first != first || entries_[i].second != second))
      i = (i + 1) & mask;
    return i;
  }

  std::vector<Sequence> entries_; // open addressing
};

} // namespace skerry::vm
