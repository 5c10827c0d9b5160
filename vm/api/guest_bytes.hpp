// Access to a range of a memory for Memory and Caller, and the error for a range that is out of bounds.
#pragma once

#include "skerry/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace skerry {

/// The trap out_of_bounds_memory_access with the range in its message. `who` begins the text about the range;
/// it is empty or ends with a blank: "host function given ".
Error outside_memory(std::string_view who, uint64_t address, uint64_t length, uint64_t size) noexcept;

/// Copies the bytes into a string. If `bytes` is an error, returns that error. Throws std::bad_alloc.
Result<std::string> text_of(Result<std::span<std::byte>> bytes);

/// Copies `source` to `bytes`, which must have the same size and may overlap. If `bytes` is an error, returns
/// that error.
Result<void> copy_into(Result<std::span<std::byte>> bytes, std::span<const std::byte> source) noexcept;

} // namespace skerry
