// Converts numbers, constants and values to text, for the printers of code and traces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace skerry::vm {

/// Returns the last `digits` hexadecimal digits of `value`, with leading zeros.
std::string hex(uint64_t value, size_t digits);
/// Returns the bits as a signed 64-bit number, such as `17` or `-1`.
std::string integer_text(uint64_t bits);
/// Returns `0.5` or `nan:0x7fc00000`. `bits` holds an f64 if `wide`, else an f32 in the low half.
std::string float_text(uint64_t bits, bool wide);
/// Returns `0x` and the digits of all bytes, beginning with bytes[0].
std::string bytes_text(const std::array<uint8_t, 16>& bytes);

} // namespace skerry::vm
