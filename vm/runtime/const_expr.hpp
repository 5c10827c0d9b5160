// Constant expressions (spec §3.4.13): initial values of globals and tables, offsets and items of segments.
#pragma once

#include "vm/base/byte_reader.hpp"
#include "vm/module/work_meter.hpp"
#include "vm/runtime/instance.hpp"

#include <vector>

namespace skerry::vm {

/// A value of any type: v128 in both words, everything else in the first, zero-extended.
struct SlotPair {
  uint64_t lo = 0;
  uint64_t hi = 0;
};

/// Evaluates validated expressions of one instance, whose functions, and the globals that an expression may
/// name, have been set up. Reused for many expressions, so that most of them allocate nothing. An expression
/// may be long: its instructions are counted by the meter, and when that has refused values mean nothing.
class ConstEvaluator {
public:
  ConstEvaluator(const ModuleInstance& instance, WorkMeter& meter) : instance_(instance), meter_(meter) {}
  SlotPair evaluate(const ConstExpr& expr);
  /// The next expression of a sequence; leaves the reader behind its `end`.
  SlotPair evaluate(ByteReader& reader);

private:
  SlotPair pop();
  void push(uint64_t lo, uint64_t hi = 0) { operands_.push_back({lo, hi}); }
  template <class F> void binary(F op);

  const ModuleInstance& instance_;
  WorkMeter& meter_;
  std::vector<SlotPair> operands_;
};

} // namespace skerry::vm
