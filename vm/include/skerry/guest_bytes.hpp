// Reads and writes C++ values in the bytes of a guest's memory, for the read and write functions of Memory
// and Caller.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

namespace skerry {

/// A type whose bytes can be copied out of a guest's memory and into it. bool is excluded, because most byte
/// values are not valid bools. Pointers are excluded, because their bytes would be addresses of the host.
template <class T>
concept GuestValue = std::is_trivially_copyable_v<T> && std::same_as<T, std::remove_cv_t<T>> &&
                     !std::same_as<T, bool> && !std::is_pointer_v<T> && !std::is_member_pointer_v<T>;

namespace detail {

/// Converts the bytes of a number from the machine's byte order to little-endian, or back.
template <GuestValue T>
std::array<std::byte, sizeof(T)> little_endian(std::array<std::byte, sizeof(T)> bytes) {
  if constexpr (std::endian::native != std::endian::little && (std::is_arithmetic_v<T> || std::is_enum_v<T>))
    std::ranges::reverse(bytes);
  return bytes;
}

/// `bytes` must have the size of a T.
template <GuestValue T> T read_bytes(std::span<const std::byte> bytes) {
  std::array<std::byte, sizeof(T)> copy;
  std::memcpy(copy.data(), bytes.data(), sizeof(T));
  return std::bit_cast<T>(little_endian<T>(copy));
}
template <GuestValue T> void write_bytes(std::span<std::byte> bytes, const T& value) {
  const auto copy = little_endian<T>(std::bit_cast<std::array<std::byte, sizeof(T)>>(value));
  std::memcpy(bytes.data(), copy.data(), sizeof(T));
}

} // namespace detail

} // namespace skerry
