#include "host/json.hpp"

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
    if (!keys_.back().insert(key).second) complain("key \"" + key + "\" occurs twice");
  }
  void complain(std::string what) { problem_ = std::move(what); }

  std::vector<std::set<std::string>> keys_; // of the objects that are open
  std::string problem_;
};

/// The library's text without its "[json.exception.parse_error.101] " in front.
std::string plain_message(const Json::exception& error) {
  std::string_view text = error.what();
  if (auto end = text.find("] "); text.starts_with('[') && end != text.npos) text.remove_prefix(end + 2);
  return std::string(text);
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
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dump_json(const OrderedJson& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

} // namespace skerry::host
