// Includes the JSON library, and adds the host's own functions to it. No other header includes the library.
// Internal.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace skerry::host {

/// JSON that we parse. Its objects are sorted maps, so the time to read an object with a million keys stays
/// nearly proportional to its size.
using Json = nlohmann::json;
/// JSON that we print. Its members keep the order in which they were added.
using OrderedJson = nlohmann::ordered_json;

/// A parsed JSON text, or the reason why the text could not be parsed. Used like a skerry::Expected<Json,
/// std::string>, but the destructor allocates no memory. The destructor of a Json that is not empty does
/// allocate memory, and the process would end if that allocation failed.
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
  /// If the error is a key that occurs twice, the path of this key, such as "$.a[2].b"; otherwise empty.
  const std::string& duplicate() const noexcept { return duplicate_; }

private:
  static void take_apart(Json& value) noexcept;

  Json value_;
  std::string problem_, duplicate_;
};

/// Parses exactly one JSON text. Refuses duplicate keys, because all but one of their values would be lost
/// silently. Refuses nesting deeper than 100 levels, because values are later visited recursively. The error
/// says what is wrong.
inline ParsedJson parse_json(std::string_view text) { return ParsedJson(text); }

/// Returns `text` as a JSON string, with quotes.
std::string json_string(std::string_view text);

/// Writes `value` on one line. Bytes that are not UTF-8 become U+FFFD. Characters that control a terminal or
/// are invisible (skerry/printable.hpp) become JSON escapes.
std::string dump_json(const Json& value);
std::string dump_json(const OrderedJson& value);

} // namespace skerry::host
