// Listing: which operation each instruction of threaded code implements. Printers use it (code_text.hpp).
#pragma once

#include "vm/code/handler_table.hpp"
#include "vm/code/layout.hpp"
#include "vm/translate/chunk_list.hpp"
#include "vm/translate/ir.hpp"

#include <cstdint>

namespace skerry::vm {

/// An instruction in the code and the operation that it implements.
struct ListedInstruction {
  uint32_t at; // offset in the code
  HandlerNumber number;
  layout::Form form;
  Ir ir; // pinned locals are already replaced by registers
};
/// The instructions of a function in code order. Their handler numbers are those before fusion.
using Listing = ChunkList<ListedInstruction, 64>;

} // namespace skerry::vm
