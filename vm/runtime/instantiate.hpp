// Instantiation (spec §4.5.4).
#pragma once

#include "vm/runtime/image.hpp"
#include "vm/runtime/linker.hpp"

namespace skerry::vm {

/// Allocates an instance with these imports, initialises it and runs its start function. When it fails in an
/// active segment or the start function, the store keeps the instance: its functions may be in imported
/// tables already. Errors: limit, trap, exhaustion and whatever the start function fails with.
Result<ModuleInstance*> instantiate(Store& store, const std::shared_ptr<const CompiledModule>& module,
                                    const BoundImports& imports);

/// The same, but brings the instance to the state of an image instead of initialising it: no segment is
/// written and no start function runs. Errors: limit.
Result<ModuleInstance*> instantiate(Store& store, const Image& image, const BoundImports& imports);

/// Why the last call failed; takes it out of the store.
Error take_error(Store& store);

} // namespace skerry::vm
