// Reads and writes C++ values in the bytes of a guest's memory, for the read and write functions of Memory
// and Caller.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

namespace skerry {

/// A type whose bytes can be copied out of a guest's memory and into it. bool is excluded, because most byte
/// values are not valid bools. Pointers are excluded, because their bytes would be addresses of the host.
template <class T>
concept GuestValue = std::is_trivially_copyable_v<T> && std::same_as<T, std::remove_cv_t<T>> &&
                     !std::same_as<T, bool> && !std::is_pointer_v<T> && !std::is_member_pointer_v<T>;

namespace detail {

inline constexpr bool is_big_endian = std::endian::native == std::endian::big;

/// Returns the value with its bytes in the opposite order. Compilers turn this form into one instruction.
template <class T> constexpr T with_reversed_bytes(T value) noexcept {
  using Bytes = std::array<std::byte, sizeof(T)>;
  const Bytes bytes = std::bit_cast<Bytes>(value);
  return [&]<size_t... I>(std::index_sequence<I...>) {
    return std::bit_cast<T>(Bytes{bytes[sizeof(T) - 1 - I]...});
  }(std::make_index_sequence<sizeof(T)>());
}

/// Converts a number from the machine's byte order to little-endian, or back. Returns values of other types
/// as they are. On little-endian machines, does nothing.
template <class T> [[gnu::always_inline]] constexpr T little_endian(T value) noexcept {
  if constexpr (is_big_endian && (std::is_arithmetic_v<T> || std::is_enum_v<T>))
    return with_reversed_bytes(value);
  else
    return value;
}

/// `bytes` must have the size of a T.
template <GuestValue T> T read_bytes(std::span<const std::byte> bytes) {
  std::array<std::byte, sizeof(T)> copy;
  std::memcpy(copy.data(), bytes.data(), sizeof(T));
  return little_endian(std::bit_cast<T>(copy));
}
template <GuestValue T> void write_bytes(std::span<std::byte> bytes, const T& value) {
  const T converted = little_endian(value);
  std::memcpy(bytes.data(), &converted, sizeof(T));
}

} // namespace detail

} // namespace skerry
