// Third stage of translation: from operations to threaded code.
#pragma once

#include "vm/code/handler_table.hpp"
#include "vm/code/layout.hpp"
#include "vm/translate/ir.hpp"
#include "vm/translate/locator.hpp"
#include "vm/translate/pieced_code.hpp"
#include "vm/translate/registers.hpp"

#include <vector>

namespace skerry::vm {

/// An instruction in the code and the operation that it implements.
struct ListedInstruction {
  uint32_t at; // offset in the code
  HandlerNumber number;
  layout::Form form;
  Ir ir; // with operands in their final registers
};
/// Instructions in code order, before fusion.
using Listing = ChunkList<ListedInstruction, 64>;

/// These receive what is emitted. Each may be null.
struct EmitObservers {
  Locator* locator = nullptr;
  Listing* listing = nullptr;
};

void emit_code(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
               PiecedCode& code, const EmitObservers& observers);

} // namespace skerry::vm
