// SequenceTable: finds the superinstruction that fuses two handlers, and the address of its handler
// (docs/rationale.md, "Why superinstructions in place?").
#pragma once

#include "vm/code/handler.hpp"
#include "vm/code/sequence_index.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace skerry::vm {

/// The arrays that are passed to the constructor must outlive the table. Reading is thread-safe.
class SequenceTable {
public:
  static constexpr size_t part_count = 4;

  /// parts[p][i] is the handler with the number (p + 1) * handlers_of_part + i. Handlers that `index` does
  /// not contain may be null.
  constexpr SequenceTable(SequenceIndex index, const std::array<const Handler*, part_count>& parts)
      : index_(index), parts_{&no_handler, parts[0], parts[1], parts[2], parts[3]} {}

  /// Returns the number of the superinstruction that fuses `first` and `second`. Returns 0 if there is none,
  /// or if either number is 0.
  HandlerNumber find(HandlerNumber first, HandlerNumber second) const { return index_.find(first, second); }
  /// Returns the handler with the number that find() returned; null for 0.
  Handler handler_of(HandlerNumber sequence) const {
    return parts_[sequence / handlers_of_part][sequence % handlers_of_part];
  }

private:
  static constexpr Handler no_handler = nullptr;
  SequenceIndex index_;
  std::array<const Handler*, 1 + part_count> parts_;
};

} // namespace skerry::vm
