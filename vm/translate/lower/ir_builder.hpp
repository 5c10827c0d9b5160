// IrBuilder: appends operations to a function's intermediate representation. Also finds earlier operations
// that may still be changed or removed, because a later instruction may be fused with them.
#pragma once

#include "vm/translate/ir.hpp"
#include "vm/translate/lower/fuel_account.hpp"

#include <algorithm>
#include <cstdint>

namespace skerry::vm {

class IrBuilder {
public:
  /// Stands for "no operation" in place of an operation's index.
  static constexpr uint32_t none = ~uint32_t{0};

  /// Each added operation records the fuel that `fuel` owes at that point (Ir::pending).
  IrBuilder(ChunkList<Ir, 64>& code, const FuelAccount& fuel) : code_(code), fuel_(fuel) {}

  /// Sets the module offset of the wasm instruction that the next operations implement.
  void set_offset(uint32_t offset) { offset_ = offset; }
  uint32_t offset() const { return offset_; }
  /// Call these functions where a loop begins and where it ends, because each operation records the number of
  /// loops around it.
  void enter_loop() { ++loop_depth_; }
  void leave_loop() { --loop_depth_; }

  /// Adds an operation. The caller fills in its operands in place.
  Ir& emit(Operation operation) {
    Ir& added = code_.emplace_back();
    added.operation = operation;
    added.depth = static_cast<uint8_t>(std::min(loop_depth_, 255u));
    added.offset = offset_;
    added.pending = fuel_.owed();
    return added;
  }
  uint32_t size() const { return code_.size(); }
  uint32_t last() const { return code_.size() - 1; }
  Ir& operator[](uint32_t index) { return code_[index]; }
  const Ir& operator[](uint32_t index) const { return code_[index]; }
  Ir& back() { return code_.back(); }

  /// Seals the operations so far: they must not change any more. Necessary at a label, because control may
  /// come from elsewhere, and at a fuel check, because the call may end there.
  void seal() { sealed_ = code_.size(); }
  bool is_open(uint32_t index) const { return index >= sealed_; }
  /// Returns the index of the last operation that is not removed, or `none` if this operation is sealed.
  uint32_t last_open() const;
  /// Returns the operation at `index` if it has no side effects, writes `slot`, and could be moved to the end
  /// of the code. Else returns null. `index` may be `none`.
  Ir* find_pure(uint32_t index, uint32_t slot);
  /// Returns the index of the last open operation before index `before` that writes the slot. Examines only
  /// the few operations directly before that index, and returns `none` if none of them writes the slot.
  uint32_t find_writer(uint32_t slot, uint32_t before) const;

  void remove(uint32_t index);
  /// Removes the last operation and returns it. The caller adds the operation again with append() when it has
  /// changed the operations before it.
  Ir take_last();
  /// Removes the operation at `index` and returns it. All operations after it must have been removed.
  Ir take(uint32_t index);
  void append(const Ir& ir) { code_.push_back(ir); }

private:
  bool can_move_to_end(uint32_t index) const;

  ChunkList<Ir, 64>& code_;
  const FuelAccount& fuel_;
  uint32_t sealed_ = 0;
  uint32_t offset_ = 0;
  uint32_t loop_depth_ = 0;
};

} // namespace skerry::vm
