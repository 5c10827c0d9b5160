// Tail duplication: if a jump leads to a few operations that end in another jump, copies these operations to
// the place of the first jump.
#pragma once

#include "vm/translate/ir.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace skerry::vm {

/// The copied operations that replace a jump.
class TailCopy {
public:
  /// The largest number of operations in one copy, and the largest number of jumps that one copy follows. The
  /// most important use is the main loop of an interpreter that was compiled to wasm. These numbers suffice
  /// for such a loop: the code for each of the interpreter's opcodes then ends with its own jump to the code
  /// for the next opcode.
  static constexpr uint32_t most_copied = 8, most_jumps = 4;

  struct Part {
    const Ir* ir;
    int32_t owed; // fuel that the replaced jumps before this operation would have charged
  };
  std::span<const Part> parts() const { return {parts_.data(), count_}; }
  /// The jump or return at the end of the copy. Its charge includes the charges of all jumps that the copy
  /// replaces.
  const Ir& end() const { return end_; }

private:
  friend class TailDuplication;
  std::array<Part, most_copied> parts_;
  uint32_t count_ = 0;
  Ir end_;
};

class TailDuplication {
public:
  /// The number of copied operations is limited, so that the size of the code stays linear in the size of the
  /// function.
  explicit TailDuplication(const IrFunction& function)
      : function_(function), copies_left_(function.code.size() + 64) {}

  /// If `jump` leads to a few operations that end in another jump or a return, fills `copy` with these
  /// operations. Then treats the jump at their end in the same way, and so on. The last jump or return also
  /// charges the fuel of all jumps that it replaces. Returns false if `jump` must stay.
  bool copy_target(const Ir& jump, TailCopy& copy);

private:
  // The largest number of operations examined for one jump. Labels count too, because very many blocks may
  // end at the same place, and each has a label there.
  static constexpr uint32_t most_seen = 256;
  // A jump to a loop checks the fuel. Tail duplication moves the check to the last jump, so the check comes
  // later, by at most this number of instructions.
  static constexpr int32_t most_before_check = 64;

  const Ir* next_end(const Ir& jump, TailCopy& copy, uint32_t& count, uint32_t& seen) const;
  int32_t owed_at_target(const Ir& jump) const {
    return function_.code[function_.label_positions[jump.jump.label]].pending;
  }

  const IrFunction& function_;
  uint32_t copies_left_;
};

} // namespace skerry::vm
