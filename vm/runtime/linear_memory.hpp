// Linear memories (spec §4.2.8): one reservation each that never moves; growth commits pages.
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

inline constexpr uint64_t wasm_page_bytes = 65'536;

/// Spec §4.5.3.3. The store owns and counts it. Errors: limit, checked before anything is reserved.
Result<MemoryInstance*> allocate_memory(Store& store, const MemoryType& type);

} // namespace skerry::vm
