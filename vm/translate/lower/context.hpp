// LoweringContext: the state that the lowering functions of all instructions share.
#pragma once

#include "vm/module/module.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/translate/lower/fuel_account.hpp"
#include "vm/translate/lower/ir_builder.hpp"
#include "vm/translate/lower/labels.hpp"
#include "vm/translate/lower/operand_stack.hpp"

namespace skerry::vm {

struct LoweringContext {
  /// Data that the later stages need is allocated in `kept`, the rest in `scratch`.
  LoweringContext(const Module& of, const Layout& layout_of, uint32_t func_index, Arena& kept, Arena& scratch)
      : module(of), layout(layout_of), type(of.func_type(func_index)), function(kept),
        ir(function.code, fuel), stack(function, ir, scratch), labels(function, ir, fuel, scratch) {
    function.func_index = func_index;
  }

  LoweringContext(const LoweringContext&) = delete; // its parts refer to each other
  LoweringContext& operator=(const LoweringContext&) = delete;

  /// Binds a label. The code after the label is reachable if the code before the label is reachable, or if a
  /// branch refers to the label.
  void bind(uint32_t label) {
    const bool was_referred_to = labels.is_referred_to(label);
    labels.bind(label, !is_dead);
    if (was_referred_to) is_dead = false;
  }

  const Module& module;
  const Layout& layout;
  const CanonicalType& type;
  IrFunction function;
  FuelAccount fuel;
  IrBuilder ir;
  OperandStack stack;
  Labels labels;
  bool is_dead = false; ///< the current instruction cannot be reached
};

} // namespace skerry::vm
