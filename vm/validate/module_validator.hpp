// Validation of a whole module (spec §3.5).
#pragma once

#include "skerry/error.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Validates a module, including function bodies. resolve_module must have succeeded. Work and memory are
/// linear in the module's size. Errors: invalid, malformed (in function bodies) and limit; each has the byte
/// offset and, for errors in a function, the function's index. Also deadline_exceeded if the watch expires.
Result<void> validate_module(const Module& module, LoadWatch& watch);

} // namespace skerry::vm
