// WebAssembly values as text: arguments and results of `run --invoke`.
#pragma once

#include "skerry/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace skerry::host::cli {

/// Integers in decimal or 0x hex, signed or unsigned; floats in decimal, hex, inf or nan. Nothing when it is
/// no such number, is out of the type's range, or the type is not a number type.
std::optional<Value> parse_value(ValType type, std::string_view text);

/// Integers signed, floats in the shortest form that reads back the same, v128 as 32 hex digits, references
/// by type.
std::string print_value(const Value& value);

} // namespace skerry::host::cli
