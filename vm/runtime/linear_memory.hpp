// Linear memories (spec §4.2.8): one reservation each, twice what is in use or a little more; growth past its
// end moves the memory.
#pragma once

#include "vm/runtime/store.hpp"

namespace skerry::vm {

inline constexpr uint64_t wasm_page_bytes = 65'536;

/// Spec §4.5.3.3. The store owns and counts it. Errors: limit, checked before anything is reserved.
Result<MemoryInstance*> allocate_memory(Store& store, const MemoryType& type);

/// Gives the memory new zeroed pages, room for `bytes` at least, in place of what it has; its size and what
/// the store counts stay as they are. False, and nothing is changed, when the system refuses.
bool reserve_memory(MemoryInstance& memory, uint64_t bytes);

/// Moves the memory to new pages, room for `bytes`. Of an image only the bytes come along, so the memory must
/// have none with pages. False, and nothing is changed, when the system refuses.
bool copy_elsewhere(MemoryInstance& memory, uint64_t bytes);

/// Why `bytes` more for `purpose` were refused, of kind limit: the budget, or which limit of the system.
Error memory_refused(const Store& store, uint64_t bytes, std::string_view purpose = "a memory");

} // namespace skerry::vm
