// Third stage of translation: from operations to threaded code.
#pragma once

#include "vm/code/handler_table.hpp"
#include "vm/translate/emit/listing.hpp"
#include "vm/translate/emit/pieced_code.hpp"
#include "vm/translate/emit/side_table_builder.hpp"
#include "vm/translate/ir.hpp"
#include "vm/translate/registers.hpp"

#include <memory_resource>
#include <vector>

namespace skerry::vm {

/// Optional receivers of data about the emitted code. Each may be null.
struct EmitObservers {
  SideTableBuilder* side_table = nullptr;
  Listing* listing = nullptr;
};

void emit_code(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
               PiecedCode& code, const EmitObservers& observers);

} // namespace skerry::vm
