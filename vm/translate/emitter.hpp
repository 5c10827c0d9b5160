// Third stage of translation: operations → threaded code.
#pragma once

#include "vm/code/handler_table.hpp"
#include "vm/code/layout.hpp"
#include "vm/translate/ir.hpp"
#include "vm/translate/locator.hpp"
#include "vm/translate/pieced_code.hpp"
#include "vm/translate/registers.hpp"

#include <vector>

namespace skerry::vm {

/// An instruction of the code, and the operation that it does.
struct ListedInstruction {
  uint32_t at; // in the code
  HandlerNumber number;
  layout::Form form;
  Ir ir; // with the registers that its operands are in
};
/// In the code's order, before fusion.
using Listing = ChunkList<ListedInstruction, 64>;

/// They are told what is emitted; each may be null.
struct EmitObservers {
  Locator* locator = nullptr;
  Listing* listing = nullptr;
};

void emit_code(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
               PiecedCode& code, const EmitObservers& observers);

} // namespace skerry::vm
