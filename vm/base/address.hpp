// Converts between the 64-bit numbers in slots and limits, and this machine's pointers and sizes, which may
// have 32 bits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry::vm {

/// Returns the address, zero-extended, so that equal pointers give equal numbers. A cast to uint64_t alone
/// may extend the sign.
[[gnu::always_inline]] inline uint64_t address_of(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer);
}
/// Returns the pointer from which address_of made `address`.
template <class T> [[gnu::always_inline]] inline T* pointer_to(uint64_t address) {
  return reinterpret_cast<T*>(static_cast<uintptr_t>(address));
}

/// Returns the number as a size_t. A number that is too large becomes the largest size_t, which every
/// allocation refuses.
[[gnu::always_inline]] constexpr size_t to_size(uint64_t number) {
  return number > SIZE_MAX ? SIZE_MAX : static_cast<size_t>(number);
}

} // namespace skerry::vm
