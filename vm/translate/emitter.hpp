// Third stage of translation: operations → threaded code.
#pragma once

#include "vm/code/handler_table.hpp"
#include "vm/translate/ir.hpp"
#include "vm/translate/locator.hpp"
#include "vm/translate/pieced_code.hpp"
#include "vm/translate/registers.hpp"

#include <vector>

namespace skerry::vm {

/// `locator` may be null.
void emit_code(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
               PiecedCode& code, Locator* locator);

} // namespace skerry::vm
