#include "host/guest/json_end.hpp"

#include <cstring>

namespace skerry::host {

namespace {

constexpr auto npos = std::string_view::npos;

/// Finds the end of a JSON string; `at` is the position after its opening quote. Returns the position after
/// the closing quote, or the position of a NUL before that quote; npos if there is neither.
size_t string_end(std::string_view text, size_t at) {
  for (; at < text.size(); ++at) {
    if (text[at] == '\0') return at;
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] != '\0') ++at;
  }
  return npos;
}

/// Finds the end of a JSON object or array; `at` is the position of its opening bracket. Returns the position
/// after the matching bracket, or the position of a NUL before that bracket; npos if there is neither. Only
/// counts brackets, because the JSON parser checks the text later.
size_t brackets_end(std::string_view text, size_t at) {
  size_t depth = 0;
  while (at < text.size()) {
    char c = text[at];
    if (c == '\0') return at;
    if (c == '"') {
      at = string_end(text, at + 1);
      if (at == npos) return npos;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return npos;
}

size_t number_end(std::string_view text, size_t at) {
  size_t end = text.find_first_not_of("+-.0123456789Ee", at);
  return end == npos ? text.size() : end;
}

/// Returns the end of text that is not JSON: the position of the first NUL, or npos.
size_t plain_end(std::string_view text) { return text.find('\0'); }

size_t value_end(std::string_view text, size_t at) {
  switch (text[at]) {
  case '{':
  case '[': return brackets_end(text, at);
  case '"': return string_end(text, at + 1);
  case '-':
  case '0':
  case '1':
  case '2':
  case '3':
  case '4':
  case '5':
  case '6':
  case '7':
  case '8':
  case '9': return number_end(text, at);
  default: break;
  }
  for (std::string_view word : {"true", "false", "null"}) {
    if (text.substr(at).starts_with(word)) return at + word.size();
  }
  return plain_end(text);
}

} // namespace

std::optional<size_t> terminated_length(std::string_view memory) {
  size_t start = memory.find_first_not_of(" \t\r\n");
  if (start == npos) return std::nullopt;
  size_t end = value_end(memory, start);
  return end == npos ? std::nullopt : std::optional(end);
}

} // namespace skerry::host
