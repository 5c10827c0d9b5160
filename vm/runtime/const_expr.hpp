// Constant expressions (spec §3.4.13): initial values of globals and tables, and offsets and items of
// segments.
#pragma once

#include "vm/base/byte_reader.hpp"
#include "vm/module/work_meter.hpp"
#include "vm/runtime/instance.hpp"

#include <vector>

namespace skerry::vm {

/// A value of any type. A v128 takes both words; other types take only `lo`, zero-extended.
struct SlotPair {
  uint64_t lo = 0;
  uint64_t hi = 0;
};

/// Evaluates validated constant expressions of one instance. The instance's functions, and the globals that
/// an expression refers to, must already be set up. Use one evaluator for many expressions: it keeps its
/// operand stack, so most evaluations allocate nothing. The meter counts instructions, because an expression
/// may be long. After the meter has refused, the returned values are meaningless.
class ConstEvaluator {
public:
  ConstEvaluator(const ModuleInstance& instance, WorkMeter& meter) : instance_(instance), meter_(meter) {}
  SlotPair evaluate(const ConstExpr& expr);
  /// Evaluates the expression at the reader, and leaves the reader after the expression's `end`.
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
