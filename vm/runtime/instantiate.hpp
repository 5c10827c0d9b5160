// Instantiation (spec §4.7.2).
#pragma once

#include "vm/runtime/image.hpp"
#include "vm/runtime/linker.hpp"

namespace skerry::vm {

/// Allocates an instance with these imports, initializes it and runs its start function. If an active segment
/// or the start function fails, the store keeps the instance, because imported tables may already contain its
/// functions. Errors: limit, trap, exhaustion and those of the start function.
Result<ModuleInstance*> instantiate(Store& store, const std::shared_ptr<const CompiledModule>& module,
                                    const BoundImports& imports);

/// Like the function above, but sets the instance to the state of an image instead of initializing it: active
/// segments are not written and the start function does not run. Errors: limit.
Result<ModuleInstance*> instantiate(Store& store, const Image& image, const BoundImports& imports);

/// Returns the error with which the store's last call failed, and removes it from the store.
Error take_error(Store& store);

} // namespace skerry::vm
