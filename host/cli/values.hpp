// WebAssembly values as text: arguments and results of `run --invoke`.
#pragma once

#include "skerry/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace skerry::host::cli {

/// Parses a value of the type `type`. Numbers are written as in the text format: integers in decimal or 0x
/// hex, signed or unsigned; floats in decimal or hex, inf, nan, or nan:0x and a payload. A float is rounded
/// to the nearest value, which may be 0 but not infinity. A v128 is written as print_value writes it, perhaps
/// without its first zeros; a reference is null. Returns nothing for other texts and for types that no text
/// stands for.
std::optional<Value> parse_value(ValType type, std::string_view text);

/// Says what parse_value takes for a type: "a whole number …".
std::string_view value_forms(ValType type);

/// Returns a text from which parse_value makes the same value: integers as signed numbers, floats in the
/// shortest form, v128 as 0x and 32 hex digits, the null reference as null. Other references are printed as
/// the name of their type.
std::string print_value(const Value& value);

} // namespace skerry::host::cli
