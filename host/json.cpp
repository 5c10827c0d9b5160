#include "host/json.hpp"

#include "skerry/printable.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace skerry::host {

namespace {

constexpr int max_depth = 100;

/// Looks at every parse event; keeps the first complaint.
class Watch {
public:
  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    if (!problem_.empty()) return false; // what is dropped has no end event, so keys_ is of no use any more
    switch (event) {
    case Json::parse_event_t::object_start: keys_.emplace_back(); [[fallthrough]];
    case Json::parse_event_t::array_start:
      if (depth >= max_depth) complain("nested deeper than 100 levels");
      break;
    case Json::parse_event_t::object_end: keys_.pop_back(); break;
    case Json::parse_event_t::key: note_key(parsed.get_ref<const std::string&>()); break;
    case Json::parse_event_t::array_end:
    case Json::parse_event_t::value: break;
    }
    return problem_.empty(); // false drops the value: nothing deep is ever built
  }
  const std::string& problem() const { return problem_; }

private:
  void note_key(const std::string& key) {
    if (!keys_.back().insert(key).second) complain("key " + in_quotes(key) + " occurs twice");
  }
  void complain(std::string what) { problem_ = std::move(what); }

  std::vector<std::set<std::string>> keys_; // of the objects that are open
  std::string problem_;
};

/// The library's text without its "[json.exception.parse_error.101] " in front.
std::string plain_message(const Json::exception& error) {
  std::string_view text = error.what();
  if (auto end = text.find("] "); text.starts_with('[') && end != text.npos) text.remove_prefix(end + 2);
  return printable(text, 500);
}

/// One character from `at` on, which are valid UTF-8.
char32_t take_character(std::string_view text, size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  char32_t value = more == 0 ? first : first & (0x3fu >> more);
  for (int i = 0; i < more; ++i) value = value << 6 | (static_cast<unsigned char>(text[at++]) & 0x3f);
  return value;
}

std::string unit_escape(char32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {
      '\\', 'u', digits[unit >> 12 & 15], digits[unit >> 8 & 15], digits[unit >> 4 & 15], digits[unit & 15]};
}

/// What a terminal would obey becomes an escape: the same value for every reader. Outside of strings JSON has
/// no such characters.
std::string harmless(std::string json) {
  const auto is_plain = [](char c) { return static_cast<unsigned char>(c) < 0x7f; };
  if (std::ranges::all_of(json, is_plain)) return json;
  std::string text;
  for (size_t at = 0; at < json.size();) {
    const size_t start = at;
    const char32_t c = take_character(json, at);
    if (is_printable(c))
      text.append(json, start, at - start);
    else if (c < 0x10000)
      text += unit_escape(c);
    else
      text += unit_escape(0xd800 + ((c - 0x10000) >> 10)) + unit_escape(0xdc00 + (c & 0x3ff));
  }
  return text;
}

} // namespace

std::expected<Json, std::string> parse_json(std::string_view text) {
  Watch watch;
  try {
    Json value = Json::parse(text, std::ref(watch));
    if (!watch.problem().empty()) return std::unexpected(watch.problem());
    return value;
  } catch (const Json::exception& error) {
    return std::unexpected(watch.problem().empty() ? plain_message(error) : watch.problem());
  }
}

std::string dump_json(const Json& value) {
  return harmless(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string dump_json(const OrderedJson& value) {
  return harmless(value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

} // namespace skerry::host
