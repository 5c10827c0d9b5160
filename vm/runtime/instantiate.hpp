// Instantiation (spec §4.5.4).
#pragma once

#include "vm/runtime/image.hpp"
#include "vm/runtime/linker.hpp"

namespace skerry::vm {

/// Allocates an instance with these imports, initializes it and runs its start function. If an active segment
/// or the start function fails, the store keeps the instance, because imported tables may already hold its
/// functions. Errors: limit, trap, exhaustion and those of the start function.
Result<ModuleInstance*> instantiate(Store& store, const std::shared_ptr<const CompiledModule>& module,
                                    const BoundImports& imports);

/// The same, but gives the instance the state of an image instead of initializing it: writes no segments and
/// runs no start function. Errors: limit.
Result<ModuleInstance*> instantiate(Store& store, const Image& image, const BoundImports& imports);

/// Removes the reason why the last call failed from the store and returns it.
Error take_error(Store& store);

} // namespace skerry::vm
