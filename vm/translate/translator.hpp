// wasm function body → threaded code: symbolic pass, register assignment, emission. Each is linear; together
// they are deterministic, so what is needed only when a call fails (code position → wasm offset, owed fuel)
// is made by translating again.
#pragma once

#include "vm/module/engine_data.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Translates a function of a validated module and publishes the code, or returns what is published already.
/// Thread-safe. Errors: limit (frame slots).
Result<const Code*> translate(const Module& module, uint32_t defined_index);

/// The wasm instruction that the threaded code at `code_offset` comes from.
CodeLocation locate(const Module& module, uint32_t defined_index, uint32_t code_offset);

} // namespace skerry::vm
