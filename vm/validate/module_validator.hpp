// Validation of a whole module (spec §3.4).
#pragma once

#include "skerry/error.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Checks everything, function bodies included, gives types their canonical ids and fills what is derived
/// (infos, exports by name). Work and memory are linear in the module's size. Errors: invalid, malformed (in
/// bodies), limit; each with its byte offset where it has one and the function's index;
/// deadline_exceeded when the watch says so.
Result<void> validate_module(Module& module, LoadWatch& watch);
inline Result<void> validate_module(Module& module) {
  LoadWatch never;
  return validate_module(module, never);
}

} // namespace skerry::vm
