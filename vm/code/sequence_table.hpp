// The superinstructions: which handlers have one for what comes next (docs/rationale.md, "Why
// superinstructions in place?").
#pragma once

#include "vm/code/handler.hpp"
#include "vm/code/sequence_index.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace skerry::vm {

/// Refers to what lives at least as long. Reading is thread-safe.
class SequenceTable {
public:
  static constexpr size_t part_count = 4;

  /// `parts`: the sequences' handlers by number; those that the index does not mention may be null.
  constexpr SequenceTable(SequenceIndex index, const std::array<const Handler*, part_count>& parts)
      : index_(index), parts_{&no_handler, parts[0], parts[1], parts[2], parts[3]} {}

  /// The number of the sequence of two handlers; 0 when there is none, or when one of them is 0.
  HandlerNumber find(HandlerNumber first, HandlerNumber second) const { return index_.find(first, second); }
  /// Of a sequence; null for 0.
  Handler handler_of(HandlerNumber sequence) const {
    return parts_[sequence / handlers_of_part][sequence % handlers_of_part];
  }

private:
  static constexpr Handler no_handler = nullptr;
  SequenceIndex index_;
  std::array<const Handler*, 1 + part_count> parts_;
};

} // namespace skerry::vm
