#include "vm/translate/emit/tail_duplication.hpp"

namespace skerry::vm {

static bool is_copyable(const Ir& ir) { return ir.operation < Operation::branch; }
static bool is_end(const Ir& ir) {
  switch (ir.operation) {
  case Operation::branch:
  case Operation::branch_table:
  case Operation::return_:
  case Operation::return_float:
  case Operation::return_none: return true;
  default: return false;
  }
}

/// Adds the operations at the jump's target to the parts of `copy`, up to the first operation that is not
/// copied. Updates `count`, the number of parts, and `seen`, the number of operations examined. Returns the
/// jump or return that follows the parts; null if the operations cannot be copied.
const Ir* TailDuplication::next_end(const Ir& jump, TailCopy& copy, uint32_t& count, uint32_t& seen) const {
  uint32_t at = function_.label_positions[jump.jump.label];
  for (; count < TailCopy::most_copied && seen < most_seen && is_copyable(function_.code[at]); ++at, ++seen) {
    const Ir& ir = function_.code[at];
    if (ir.operation == Operation::label || ir.operation == Operation::nop) continue;
    copy.parts_[count++] = {&ir, jump.charge};
  }
  const Ir& end = function_.code[at];
  return is_end(end) && count <= copies_left_ ? &end : nullptr;
}

bool TailDuplication::copy_target(const Ir& jump, TailCopy& copy) {
  copy.count_ = 0;
  copy.end_ = jump;
  Ir& last = copy.end_;
  uint32_t seen = 0;
  int32_t before_check = 0;
  for (uint32_t jumps = 0; last.operation == Operation::branch && jumps < TailCopy::most_jumps; ++jumps) {
    uint32_t count = copy.count_;
    const Ir* end = next_end(last, copy, count, seen);
    if (end == nullptr || end == &jump) break;
    if (last.back) before_check += end->pending - owed_at_target(last);
    if (before_check > most_before_check) break;
    copy.count_ = count;
    const int32_t charge = last.charge;
    const bool goes_back = last.back;
    last = *end;
    last.charge += charge;
    last.pending += charge;
    last.back |= goes_back;
  }
  if (last.operation == Operation::branch && last.jump.label == jump.jump.label) return false;
  copies_left_ -= copy.count_;
  return true;
}

} // namespace skerry::vm
