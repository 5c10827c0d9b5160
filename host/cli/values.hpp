// WebAssembly values as text: arguments and results of `run --invoke`.
#pragma once

#include "skerry/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace skerry::host::cli {

/// Parses a number of the type `type`: integers in decimal or 0x hex, signed or unsigned; floats in decimal
/// or hex, inf or nan. Returns nothing if `text` is not a number, if the number is out of range, or if
/// `type` is not a number type.
std::optional<Value> parse_value(ValType type, std::string_view text);

/// Returns integers as signed numbers, floats in the shortest form that reads back as the same value, v128 as
/// 0x and 32 hex digits, references as null or as the name of their type.
std::string print_value(const Value& value);

} // namespace skerry::host::cli
