// Between decoding and validation: a module's types get their canonical forms, and its exports can be found.
#pragma once

#include "skerry/error.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

namespace skerry::vm {

/// Gives the types of the type section canonical ids, which are what concrete heap types of tables, globals
/// and element segments name from here on, and indexes the exports by name. Work and memory are linear in
/// the module's size. A module that fails keeps the types it has got so far until it is destroyed. Errors:
/// invalid, for a type that is not there, a supertype that comes later and a second export of one name;
/// limit; each with its byte offset; deadline_exceeded when the watch says so.
Result<void> resolve_module(Module& module, LoadWatch& watch);

} // namespace skerry::vm
