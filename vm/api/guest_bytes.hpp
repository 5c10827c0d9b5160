// Access to a part of a memory for Memory and Caller, and the error for a part that does not exist.
#pragma once

#include "skerry/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace skerry {

/// A trap out_of_bounds_memory_access. `who` is empty or ends with a blank: "host function given ".
Error outside_memory(std::string_view who, uint64_t address, uint64_t length, uint64_t size) noexcept;

/// A copy of the bytes as text. Throws std::bad_alloc.
Result<std::string> text_of(Result<std::span<std::byte>> bytes);

/// Copies `source` to bytes of the same size, which it may overlap.
Result<void> copy_into(Result<std::span<std::byte>> bytes, std::span<const std::byte> source) noexcept;

} // namespace skerry
