// wasm function body → threaded code: symbolic pass, register assignment, emission. Each is linear; together
// they are deterministic, so what is needed only when a call fails (code position → wasm offset, owed fuel)
// is made by translating again.
#pragma once

#include "vm/code/compiled_module.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// EngineData::translate.
Result<const Code*> translate(const CompiledModule& compiled, uint32_t defined_index, WorkMeter& meter);

/// EngineData::locate.
Result<void> locate(const Module& module, uint32_t defined_index, std::span<const uint32_t> code_offsets,
                    std::span<CodeLocation> locations, WorkMeter& meter);

} // namespace skerry::vm
