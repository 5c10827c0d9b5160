// Validation of a whole module (spec §3.4).
#pragma once

#include "skerry/error.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Checks a resolved module (vm/module/resolve.hpp), function bodies included. Work and memory are linear in
/// the module's size. Errors: invalid, malformed (in bodies) and limit, with the byte offset and the
/// function's index where there is one; deadline_exceeded if the watch expires.
Result<void> validate_module(const Module& module, LoadWatch& watch);

} // namespace skerry::vm
