// The step between decoding and validation: makes a module's types canonical and indexes its exports.
#pragma once

#include "skerry/error.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Gives the types of the type section canonical ids, puts those ids into the concrete heap types of tables,
/// globals and element segments, and indexes the exports by name. Work and memory are linear in the module's
/// size. A module that fails keeps the types it has so far until it is destroyed. Errors, with byte offset:
/// invalid, for an unknown type, a supertype that comes later or a second export with the same name; limit.
/// Also deadline_exceeded, if the watch expires.
Result<void> resolve_module(Module& module, LoadWatch& watch);

} // namespace skerry::vm
