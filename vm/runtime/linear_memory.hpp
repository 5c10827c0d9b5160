// Linear memories (spec §4.2.8). Each is a reservation of twice what is in use or a little more. Growth past
// its end moves the memory.
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

inline constexpr uint64_t wasm_page_bytes = 65'536;

/// Allocates a memory (spec §4.5.3.3). The store owns it and counts it. Errors: limit, checked before
/// anything is reserved.
Result<MemoryInstance*> allocate_memory(Store& store, const MemoryType& type);

/// Replaces the memory's pages with new zeroed ones that have room for at least `bytes`. The memory's size
/// and the store's counts do not change. Returns false, and changes nothing, if the system refuses.
bool reserve_memory(MemoryInstance& memory, uint64_t bytes);

/// Moves the memory to new pages with room for `bytes`, by copying. The pages of an image would become
/// ordinary ones, so the memory must not have an image with pages. Returns false, and changes nothing, if the
/// system refuses.
bool copy_elsewhere(MemoryInstance& memory, uint64_t bytes);

/// A limit error that says why `bytes` more for `purpose` were refused: the budget, or a limit of the system.
Error memory_refused(const Store& store, uint64_t bytes, std::string_view purpose = "a memory");

} // namespace skerry::vm
