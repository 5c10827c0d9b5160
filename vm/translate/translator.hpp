// Translates a wasm function body to threaded code: lowering, register assignment, emission, fusion. Each
// stage is deterministic and takes time linear in the body. Because translating again gives the same code,
// the data that only failed calls need (the wasm offset and owed fuel of each code position) is not kept:
// side_table() translates again to compute it.
#pragma once

#include "vm/code/compiled_module.hpp"
#include "vm/code/function_text.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module.hpp"
#include "vm/translate/text_lines.hpp"

#include <cstdint>
#include <span>

namespace skerry::vm {

/// Implements EngineData::translate.
Result<const Code*> translate(const CompiledModule& compiled, uint32_t defined_index, WorkMeter& meter);

/// Implements EngineData::side_table.
Result<std::shared_ptr<const SideTable>> side_table(const CompiledModule& compiled, uint32_t defined_index,
                                                    WorkMeter& meter);

/// Translates the function and writes its operations twice: after lowering and after register assignment. The
/// code is not published. Errors: those of EngineData::translate.
Result<void> print_ir(const Module& module, uint32_t defined_index, WorkMeter& meter, const TextLines& write);
/// Translates the function and writes its threaded code, which is not published. Errors: those of
/// EngineData::translate.
Result<void> print_code(const Module& module, uint32_t defined_index, WorkMeter& meter,
                        const FunctionName& name, const TextLines& write);

/// Implements EngineData::explain.
Result<void> explain(const Module& module, uint32_t defined_index, WorkMeter& meter, const FunctionName& name,
                     FunctionText& text);

} // namespace skerry::vm
