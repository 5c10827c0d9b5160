// A function under translation, without a module: for tests of single stages.
#pragma once

#include "skerry/budget.hpp"
#include "vm/translate/arena.hpp"
#include "vm/translate/ir.hpp"
#include "vm/translate/ir_text.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace skerry::test {

struct IrFixture {
  ByteBudget budget{1 << 24};
  vm::WorkMeter meter{budget};
  vm::Arena arena{meter, {}};
  vm::IrFunction function{arena};

  /// Declares parameters with these types, then operands from the slot after the link.
  explicit IrFixture(std::initializer_list<vm::OperandType> params = {}) {
    uint32_t slot = 0;
    for (const vm::OperandType type : params) {
      function.locals.push_back({slot, type});
      slot += vm::slots_of(type);
    }
    function.param_slots = function.link_slot = slot;
    function.first_temp = slot + 2;
  }

  /// The operations as text, without the removed ones.
  std::vector<std::string> text() const {
    std::vector<std::string> lines;
    for (uint32_t i = 0; i < function.code.size(); ++i)
      if (function.code[i].operation != vm::Operation::nop)
        lines.push_back(vm::ir_text(function.code[i], function));
    return lines;
  }
};

} // namespace skerry::test
