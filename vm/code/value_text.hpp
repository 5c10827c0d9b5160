// Numbers, constants and values as text, for printers of code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace skerry::vm {

/// Pads with leading zeros.
std::string hex(uint64_t value, size_t digits);
/// `17`, `-1`
std::string integer_text(uint64_t bits);
/// `0.5`, `nan:0x7fc00000`; an f64 if `wide`, else an f32 in the low half.
std::string float_text(uint64_t bits, bool wide);
/// `0x` and all bytes, the first one first.
std::string bytes_text(const std::array<uint8_t, 16>& bytes);

} // namespace skerry::vm
