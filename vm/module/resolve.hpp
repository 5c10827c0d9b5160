// The step between decoding and validation: gives a module's types canonical ids and indexes its exports.
#pragma once

#include "skerry/error.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Interns the types of the type section, replaces concrete heap types of tables, globals and element
/// segments by canonical ids, and indexes the exports by name. Work and memory are linear in the module's
/// size. If the function fails, the types interned so far stay in `module`, which releases them when it is
/// destroyed. Errors with a byte offset: limit; invalid, if a type is unknown, a supertype comes later, or
/// two exports have the same name. Also deadline_exceeded, if the watch expires.
Result<void> resolve_module(Module& module, LoadWatch& watch);

} // namespace skerry::vm
