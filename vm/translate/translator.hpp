// Translates a wasm function body to threaded code: symbolic pass, register assignment, emission, fusion.
// Each stage is linear and deterministic. Data that is needed only when a call fails (wasm offsets of code
// positions, owed fuel) is therefore computed when it is needed, by translating again.
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

/// Translates the function and writes its operations twice: after lowering and after register assignment.
/// Publishes nothing.
Result<void> print_ir(const Module& module, uint32_t defined_index, WorkMeter& meter, const TextLines& write);
/// Does the same with the threaded code.
Result<void> print_code(const Module& module, uint32_t defined_index, WorkMeter& meter,
                        const FunctionName& name, const TextLines& write);

/// Implements EngineData::explain.
Result<void> explain(const Module& module, uint32_t defined_index, WorkMeter& meter, const FunctionName& name,
                     FunctionText& text);

} // namespace skerry::vm
