// Third stage of translation: operations → threaded code.
#pragma once

#include "vm/code/code.hpp"
#include "vm/translate/ir.hpp"
#include "vm/translate/registers.hpp"

#include <memory>
#include <vector>

namespace skerry::vm {

/// For errors: where each instruction of the threaded code comes from. Only made on request.
struct SideTable {
  struct Entry {
    uint32_t code_offset;
    uint32_t module_offset;
    int32_t pending_fuel;
  };
  std::vector<Entry> entries; // by code_offset
};

Code emit_code(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
               SideTable* side_table = nullptr);

} // namespace skerry::vm
