// The fuel that straight-line code owes, and the distance to the next fuel check.
//
// Fuel is charged when control leaves a straight line. Backward branches, calls, returns, branch tables and
// bulk operations also check that the fuel charged so far was available; forward branches charge without a
// check. The stretch is the number of instructions on the longest path since the last check, including those
// whose fuel is still owed. Before the stretch exceeds longest_stretch, lowering adds a `look` operation,
// which charges and checks.
#pragma once

#include "vm/translate/ir.hpp"

#include <cstdint>
#include <utility>

namespace skerry::vm {

class FuelAccount {
public:
  /// Fuel owed: the instructions since the last charge.
  int32_t owed() const { return owed_; }
  void owe(int32_t instructions) { owed_ += instructions; }
  /// For an operation that clears or copies slots: owes as much fuel as a bulk instruction for the same
  /// number of bytes.
  void owe_for_slots(uint32_t slots) {
    constexpr uint32_t slots_per_unit = 64 / sizeof(uint64_t);
    owed_ += static_cast<int32_t>(slots / slots_per_unit);
  }
  /// Continues at a label. Every path to the label still owes `owed`, and the longest stretch of these paths
  /// is `longest`.
  void join(int32_t owed, int32_t longest) {
    owed_ = owed;
    most_owed_ = longest_stretch - longest + owed;
  }
  /// Returns the fuel owed, for an operation that charges it and checks the fuel.
  int32_t pay() {
    most_owed_ = longest_stretch;
    return std::exchange(owed_, 0);
  }

  int32_t stretch() const { return longest_stretch - most_owed_ + owed_; }
  /// Returns whether a fuel check must come before the next instruction.
  bool is_check_due() const { return owed_ >= most_owed_; }

private:
  int32_t owed_ = 0;
  int32_t most_owed_ = longest_stretch; // a check is due when owed_ reaches this amount
};

} // namespace skerry::vm
