// The one place that names the JSON library, and the few things we add to it. Internal.
#pragma once

#include <nlohmann/json.hpp>

#include <expected>
#include <string>
#include <string_view>

namespace skerry::host {

/// For what we read: members sorted, so that an object with a million keys costs no more than its size.
using Json = nlohmann::json;
/// For what we print: members in the order they were added.
using OrderedJson = nlohmann::ordered_json;

/// Parses one whole JSON text. Refuses what would be silently lost or dangerous: doubled keys, and nesting
/// deeper than 100 (values are walked recursively later). Errors: what is wrong and at which byte, or at
/// which path.
std::expected<Json, std::string> parse_json(std::string_view text);

/// On one line; bytes that are no UTF-8 become U+FFFD, and characters that control a terminal or cannot be
/// seen (skerry/printable.hpp) escapes, which stand for the same value.
std::string dump_json(const Json& value);
std::string dump_json(const OrderedJson& value);

} // namespace skerry::host
