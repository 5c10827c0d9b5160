// Tail duplication: copies the destination of a jump to the jump.
#pragma once

#include "vm/translate/ir.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace skerry::vm {

/// Operations that replace a jump.
class TailCopy {
public:
  /// These limits suffice for the dispatch in an interpreter's loop, which profits most: the code of each
  /// opcode then ends with its own jump to the next.
  static constexpr uint32_t most_copied = 8, most_jumps = 4;

  struct Part {
    const Ir* ir;
    int32_t owed; // fuel that the jumps before it would have charged
  };
  std::span<const Part> parts() const { return {parts_.data(), count_}; }
  /// The jump or return that ends the copy. It charges what all jumps before it would have charged.
  const Ir& end() const { return end_; }

private:
  friend class TailDuplication;
  std::array<Part, most_copied> parts_;
  uint32_t count_ = 0;
  Ir end_;
};

class TailDuplication {
public:
  /// The copies keep the code linear in the size of the function.
  explicit TailDuplication(const IrFunction& function)
      : function_(function), copies_left_(function.code.size() + 64) {}

  /// If a jump leads to a few operations that end in another jump, makes a copy of them. The charges of the
  /// jumps add up and are owed until the last jump. Returns false if the jump must stay.
  bool copy_target(const Ir& jump, TailCopy& copy);

private:
  // At most this many operations are examined. Labels count too, because very many blocks may end at the same
  // place.
  static constexpr uint32_t most_seen = 256;
  // At most this many instructions may run between a jump to a loop and its fuel check, which tail
  // duplication moves to the last jump.
  static constexpr int32_t most_before_check = 64;

  const Ir* next_end(const Ir& jump, TailCopy& copy, uint32_t& count, uint32_t& seen) const;
  int32_t owed_at_target(const Ir& jump) const {
    return function_.code[function_.label_positions[jump.jump.label]].pending;
  }

  const IrFunction& function_;
  uint32_t copies_left_;
};

} // namespace skerry::vm
