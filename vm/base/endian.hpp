// The byte order of numbers in memory. Numbers in modules and in the memory of guests are little-endian. So
// are the 16 bytes of a v128 everywhere in the engine. Other values in slots are numbers in the byte order of
// the machine, in the low bytes of the slot. On little-endian machines, the conversions compile to nothing.
#pragma once

#include "skerry/guest_bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace skerry::vm {

using detail::is_big_endian;
using detail::little_endian;

/// Loads a little-endian number. Values of other types are copied as they are.
template <class T> [[gnu::always_inline]] inline T load_little_endian(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return little_endian(value);
}
template <class T> [[gnu::always_inline]] inline void store_little_endian(std::byte* at, T value) {
  value = little_endian(value);
  std::memcpy(at, &value, sizeof value);
}

/// The offset of the low `size` bytes of a 64-bit word. A value of two words begins at offset 0.
constexpr size_t low_bytes_offset(size_t size) { return is_big_endian && size < 8 ? 8 - size : 0; }
/// Returns the T in the low bytes of the word. A T of 16 bytes takes this word and the next one.
template <class T> [[gnu::always_inline]] inline T load_low_bytes(const uint64_t* word) {
  T value;
  if constexpr (low_bytes_offset(sizeof(T)) == 0)
    std::memcpy(&value, word, sizeof value); // the pointer's type tells the compiler the alignment
  else
    std::memcpy(&value, reinterpret_cast<const std::byte*>(word) + low_bytes_offset(sizeof(T)), sizeof value);
  return value;
}
/// Replaces the low bytes of the word by `value`. A T of 16 bytes replaces this word and the next one.
template <class T> [[gnu::always_inline]] inline void store_low_bytes(uint64_t* word, T value) {
  if constexpr (low_bytes_offset(sizeof(T)) == 0)
    std::memcpy(word, &value, sizeof value);
  else
    std::memcpy(reinterpret_cast<std::byte*>(word) + low_bytes_offset(sizeof(T)), &value, sizeof value);
}

/// Returns the shift that moves a number of `size` bytes to where a 64-bit word has byte `offset` in memory.
constexpr unsigned shift_to_byte(size_t offset, size_t size) {
  return static_cast<unsigned>(8 * (is_big_endian ? 8 - offset - size : offset));
}

} // namespace skerry::vm
