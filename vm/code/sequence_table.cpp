#include "vm/code/sequence_table.hpp"

#include <utility>

namespace skerry::vm {

SequenceTable::SequenceTable(std::span<const std::span<const Sequence>> parts) {
  size_t count = 0;
  for (const auto& part : parts)
    for (const Sequence& sequence : part) {
      if (sequence.fused == nullptr) continue;
      ++count;
      if (base_ == 0) base_ = reinterpret_cast<uintptr_t>(sequence.first) - 1;
    }
  // Less than half full: with two places for each, nearly always all of them can be placed.
  size_t slots = 16;
  while (slots < count * 5 / 2) slots *= 2;
  entries_.resize(slots);
  mask_ = slots - 1;
  for (const auto& part : parts)
    for (const Sequence& sequence : part)
      if (sequence.fused != nullptr) add(sequence);
}

void SequenceTable::add(const Sequence& sequence) {
  Entry entry{distance_of(sequence.first), distance_of(sequence.second), distance_of(sequence.fused)};
  const bool reachable = handler_at(entry.first) == sequence.first &&
                         handler_at(entry.second) == sequence.second &&
                         handler_at(entry.fused) == sequence.fused;
  if (!reachable || find(sequence.first, sequence.second) != none()) return;
  const Places places = places_of(entry.pair());
  size_t at = entries_[places.one].fused == 0 ? places.one : places.other;
  // Who is in the way goes to its other place.
  constexpr int most_moves = 200;
  for (int moves = 0; moves < most_moves; ++moves) {
    std::swap(entry, entries_[at]);
    if (entry.fused == 0) return;
    const Places others = places_of(entry.pair());
    at = others.one == at ? others.other : others.one;
  }
}

} // namespace skerry::vm
