// Listing: which operation each instruction of threaded code implements, for those who print it.
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
  Ir ir; // with operands in their final registers
};
/// Instructions in code order, before fusion.
using Listing = ChunkList<ListedInstruction, 64>;

} // namespace skerry::vm
