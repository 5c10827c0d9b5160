// Linear memories (spec §4.2.9). Each memory reserves about twice as much address space as it uses. A memory
// that grows beyond its reservation is moved.
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

inline constexpr uint64_t wasm_page_bytes = 65'536;

/// Allocates a memory (spec §4.7.1.3). The store owns the memory and counts it. Errors: limit; limits are
/// checked before anything is reserved.
Result<MemoryInstance*> allocate_memory(Store& store, const MemoryType& type);

/// Replaces the memory's pages by new zeroed pages with room for at least `bytes`. The memory's size and the
/// counts of the store do not change. Returns false, and changes nothing, if the system refuses.
bool reserve_memory(MemoryInstance& memory, uint64_t bytes);

/// Moves the memory to new pages with room for `bytes`, by copying. The new pages are ordinary ones, so the
/// memory must not have mapped pages of an image (front_bytes). Returns false, and changes nothing, if the
/// system refuses.
bool copy_elsewhere(MemoryInstance& memory, uint64_t bytes);

/// A limit error that says why `bytes` more for `purpose` were refused: because of the store's budget or of a
/// limit of the system.
Error memory_refused(const Store& store, uint64_t bytes, std::string_view purpose = "a memory");

} // namespace skerry::vm
