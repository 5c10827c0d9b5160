// C++ values in the bytes of a guest's memory, for Memory, Caller and the parameters of host functions.
#pragma once

#include "skerry/error.hpp"

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <tuple>
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
}

/// The element of a span of a guest's memory: a GuestValue or a const GuestValue. On big-endian machines
/// numbers of several bytes are excluded, because the guest's memory has them in the other byte order: read
/// and write convert them.
template <class E>
concept GuestElement =
    GuestValue<std::remove_const_t<E>> && (!detail::is_big_endian || sizeof(E) == 1 || std::is_class_v<E>);

/// A struct that host functions take by value: its bytes are copied out of the guest's memory.
template <class T>
concept GuestStruct = GuestValue<T> && std::is_class_v<T> && std::is_aggregate_v<T> && !std::is_empty_v<T> &&
                      !requires { std::tuple_size<T>::value; };

namespace detail {

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

/// The error for elements at an address that is not a multiple of `alignment`.
Error unaligned_elements(size_t alignment);

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

/// `bytes` as elements. Errors: host if the bytes are not aligned for E.
template <GuestElement E> Result<std::span<E>> as_elements(std::span<std::byte> bytes) {
  if (bytes.empty()) return std::span<E>();
  if (reinterpret_cast<uintptr_t>(bytes.data()) % alignof(E) != 0)
    return fail(unaligned_elements(alignof(E)));
  return std::span(reinterpret_cast<E*>(bytes.data()), bytes.size() / sizeof(E));
}

/// The `count` elements in the bytes that `bytes_of` returns for their length. A length that does not fit
/// into 64 bits becomes one that is out of bounds of every memory.
template <GuestElement E, class BytesOf> Result<std::span<E>> elements_of(uint64_t count, BytesOf bytes_of) {
  constexpr uint64_t most = ~uint64_t{0} / sizeof(E);
  auto bytes = bytes_of(count <= most ? count * sizeof(E) : ~uint64_t{0});
  if (!bytes) return fail(std::move(bytes.error()));
  return as_elements<E>(*bytes);
}

} // namespace detail

} // namespace skerry
