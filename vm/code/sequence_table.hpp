// The superinstructions: which pairs of handlers have a fused one (docs/rationale.md, "Why superinstructions
// in place?").
#pragma once

#include "vm/code/handler.hpp"
#include "vm/code/sequence_index.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace skerry::vm {

/// Refers to data that must outlive it. Reading is thread-safe.
class SequenceTable {
public:
  static constexpr size_t part_count = 4;

  /// `parts` holds the sequences' handlers by number. Handlers that the index does not mention may be null.
  constexpr SequenceTable(SequenceIndex index, const std::array<const Handler*, part_count>& parts)
      : index_(index), parts_{&no_handler, parts[0], parts[1], parts[2], parts[3]} {}

  /// Returns the number of the sequence of two handlers. Returns 0 if there is none, or if either is 0.
  HandlerNumber find(HandlerNumber first, HandlerNumber second) const { return index_.find(first, second); }
  /// Returns the handler of a sequence; null for 0.
  Handler handler_of(HandlerNumber sequence) const {
    return parts_[sequence / handlers_of_part][sequence % handlers_of_part];
  }

private:
  static constexpr Handler no_handler = nullptr;
  SequenceIndex index_;
  std::array<const Handler*, 1 + part_count> parts_;
};

} // namespace skerry::vm
