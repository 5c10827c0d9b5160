// Converts between pointers and the 64-bit numbers in which slots hold them. Addresses may have 32 bits. They are
// zero-extended, so that equal pointers give equal numbers; a cast to uint64_t alone may extend the sign.
#pragma once

#include <cstdint>

namespace skerry::vm {

[[gnu::always_inline]] inline uint64_t address_of(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer);
}
/// Returns the pointer from which address_of made `address`.
template <class T> [[gnu::always_inline]] inline T* pointer_to(uint64_t address) {
  return reinterpret_cast<T*>(static_cast<uintptr_t>(address));
}

} // namespace skerry::vm
