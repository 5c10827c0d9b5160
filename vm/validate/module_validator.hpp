// Validation of a whole module (spec §3.4).
#pragma once

#include "skerry/error.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Checks everything, function bodies included, gives types their canonical ids and fills what is derived
/// (infos, exports by name). Work and memory are linear in the module's size. Errors: invalid, malformed (in
/// bodies), limit; each with its byte offset where it has one and the function's index.
Result<void> validate_module(Module& module);

} // namespace skerry::vm
