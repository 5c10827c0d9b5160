// The one place that names the JSON library, and the few things we add to it. Internal.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace skerry::host {

/// For what we read: members sorted, so that an object with a million keys costs no more than its size.
using Json = nlohmann::json;
/// For what we print: members in the order they were added.
using OrderedJson = nlohmann::ordered_json;

/// A JSON text that was read, or what is wrong with it. Used like std::expected<Json, std::string>; but when
/// it ends, it needs no memory. (A Json that is destroyed with values in it allocates a list of them, and the
/// process is ended when it cannot.)
class ParsedJson {
public:
  explicit ParsedJson(std::string_view text);
  ~ParsedJson() { take_apart(value_); }
  ParsedJson(const ParsedJson&) = delete;
  ParsedJson& operator=(const ParsedJson&) = delete;

  explicit operator bool() const noexcept { return problem_.empty(); }
  const Json& operator*() const noexcept { return value_; }
  const Json* operator->() const noexcept { return &value_; }
  const std::string& error() const noexcept { return problem_; }

private:
  static void take_apart(Json& value) noexcept;

  Json value_;
  std::string problem_;
};

/// Parses one whole JSON text. Refuses what would be silently lost or dangerous: doubled keys, and nesting
/// deeper than 100 (values are walked recursively later). Errors: what is wrong and at which byte, or at
/// which path.
inline ParsedJson parse_json(std::string_view text) { return ParsedJson(text); }

/// `text` as a JSON string, with quotes.
std::string json_string(std::string_view text);

/// On one line; bytes that are no UTF-8 become U+FFFD, and characters that control a terminal or cannot be
/// seen (skerry/printable.hpp) escapes, which stand for the same value.
std::string dump_json(const Json& value);
std::string dump_json(const OrderedJson& value);

} // namespace skerry::host
