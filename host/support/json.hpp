// The only header that includes the JSON library, with the functions we add to it. Internal.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace skerry::host {

/// JSON that we read. Its members are sorted, so an object with a million keys costs no more than its size.
using Json = nlohmann::json;
/// JSON that we print. Its members keep the order in which they were added.
using OrderedJson = nlohmann::ordered_json;

/// A parsed JSON text or the reason why it could not be parsed; used like skerry::Expected<Json,
/// std::string>. Its destructor needs no memory. The destructor of a non-empty Json allocates a list of its
/// values, and the process would end if that failed.
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

/// Parses exactly one JSON text. Refuses duplicate keys, which would otherwise be lost silently, and nesting
/// deeper than 100, because values are later visited recursively. Errors say what is wrong, and at which byte
/// or path.
inline ParsedJson parse_json(std::string_view text) { return ParsedJson(text); }

/// Returns `text` as a JSON string, with quotes.
std::string json_string(std::string_view text);

/// Writes `value` on one line. Bytes that are not UTF-8 become U+FFFD. Characters that control a terminal or
/// are invisible (skerry/printable.hpp) become escapes of the same value.
std::string dump_json(const Json& value);
std::string dump_json(const OrderedJson& value);

} // namespace skerry::host
