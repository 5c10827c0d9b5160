// Validation of a whole module (spec §3.4).
#pragma once

#include "skerry/error.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Checks a resolved module (vm/module/resolve.hpp), function bodies included. Work and memory are linear in
/// the module's size. Errors: invalid, malformed (in bodies), limit; each with its byte offset where it has
/// one and the function's index; deadline_exceeded when the watch says so.
Result<void> validate_module(const Module& module, LoadWatch& watch);

} // namespace skerry::vm
