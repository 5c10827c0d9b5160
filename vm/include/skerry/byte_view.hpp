// ByteView: the parameter of functions that read bytes.
#pragma once

#include "skerry/cxx20.hpp"

#include <concepts>
#include <cstddef>
#include <ranges>
#include <span>
#include <type_traits>

namespace skerry {

/// A type whose objects are single bytes.
template <class T>
concept ByteLike = std::same_as<T, std::byte> || std::same_as<T, unsigned char> || std::same_as<T, char> ||
                   std::same_as<T, char8_t>;

/// A view of contiguous bytes, like std::span<const std::byte>. It is made implicitly from a container or
/// span of any ByteLike type, such as std::vector<uint8_t>, std::string or an array of uint8_t. The bytes
/// must live as long as the view.
class ByteView {
public:
  /// An empty view.
  constexpr ByteView() noexcept = default;
  /// The bytes [data, data + size).
  constexpr ByteView(const std::byte* data, size_t size) noexcept : bytes_(data, size) {}
  template <class Range>
    requires std::ranges::contiguous_range<const Range&> && std::ranges::sized_range<const Range&> &&
             ByteLike<std::ranges::range_value_t<const Range&>>
  ByteView(const Range& bytes) noexcept
      : bytes_(std::as_bytes(std::span(std::ranges::data(bytes), std::ranges::size(bytes)))) {}
  /// A string literal is an array whose last char is a zero, which is seldom meant: use a std::string_view.
  template <size_t size> ByteView(const char (&literal)[size]) = delete;

  constexpr const std::byte* data() const noexcept { return bytes_.data(); }
  constexpr size_t size() const noexcept { return bytes_.size(); } ///< in bytes
  constexpr operator std::span<const std::byte>() const noexcept { return bytes_; }

private:
  std::span<const std::byte> bytes_;
};

} // namespace skerry
