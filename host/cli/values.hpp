// WebAssembly values as text: arguments and results of `run --invoke`.
#pragma once

#include "skerry/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace skerry::host::cli {

/// Parses a number: integers in decimal or 0x hex, signed or unsigned; floats in decimal, hex, inf or nan.
/// Returns nothing if `text` is not such a number or is out of range, or if `type` is not a number type.
std::optional<Value> parse_value(ValType type, std::string_view text);

/// Prints integers as signed, floats in the shortest form that reads back the same, v128 as 32 hex digits,
/// references by their type.
std::string print_value(const Value& value);

} // namespace skerry::host::cli
