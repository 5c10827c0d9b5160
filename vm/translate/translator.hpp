// wasm function body → threaded code: symbolic pass, register assignment, emission. Each is linear; together
// they are deterministic, so what is needed only when a call fails (code position → wasm offset, owed fuel)
// is made by translating again.
#pragma once

#include "vm/code/compiled_module.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module.hpp"
#include "vm/translate/text_lines.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace skerry::vm {

/// EngineData::translate.
Result<const Code*> translate(const CompiledModule& compiled, uint32_t defined_index, WorkMeter& meter);

/// EngineData::locate.
Result<void> locate(const Module& module, uint32_t defined_index, std::span<const uint32_t> code_offsets,
                    std::span<CodeLocation> locations, WorkMeter& meter);

/// Translates the function and writes its operations, after lowering and after register assignment. Nothing
/// is published.
Result<void> print_ir(const Module& module, uint32_t defined_index, WorkMeter& meter, const TextLines& write);
/// The same with its threaded code. `name` gives a function's name, as text that may be printed.
Result<void> print_code(const Module& module, uint32_t defined_index, WorkMeter& meter,
                        const std::function<std::string(uint32_t func_index)>& name, const TextLines& write);

} // namespace skerry::vm
