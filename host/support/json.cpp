#include "host/support/json.hpp"

#include "skerry/printable.hpp"
#include "vm/base/hex.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace skerry::host {

namespace {

constexpr size_t max_depth = 100;

/// The library's error message without its prefix, such as "[json.exception.parse_error.101] ".
std::string plain_message(const Json::exception& error) {
  std::string_view text = error.what();
  if (auto end = text.find("] "); text.starts_with('[') && end != text.npos) text.remove_prefix(end + 2);
  return printable(text, 500);
}

/// Decodes the character at `at` and moves `at` past it. `text` must be valid UTF-8.
char32_t take_character(std::string_view text, size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  char32_t value = more == 0 ? first : first & (0x3fu >> more);
  for (int i = 0; i < more; ++i) value = value << 6 | (static_cast<unsigned char>(text[at++]) & 0x3f);
  return value;
}

std::string unit_escape(char32_t unit) { return "\\u" + vm::hex(unit, 4); }

/// Replaces characters that control a terminal or are invisible by \u escapes, which every JSON reader turns
/// back into these characters. The result is valid JSON, because the replaced characters occur in valid JSON
/// only inside strings.
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

/// Builds a value from the events of the library's parser, and stops at the first problem.
class Builder : public nlohmann::json_sax<Json> {
public:
  Builder(Json& root, std::string& problem, std::string& duplicate)
      : root_(root), problem_(problem), duplicate_(duplicate) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; } // JSON texts have no binary values
  bool start_object(size_t) override { return open(Json::value_t::object); }
  bool start_array(size_t) override { return open(Json::value_t::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    auto& members = open_.back().value->get_ref<Json::object_t&>();
    const auto [member, is_new] = members.try_emplace(name);
    member_ = &member->second;
    open_.back().key = name;
    if (is_new) return true;
    duplicate_ = printable(path());
    return complain(duplicate_ + ": the key occurs twice");
  }
  bool parse_error(size_t, const std::string&, const Json::exception& error) override {
    return complain(plain_message(error));
  }

private:
  /// Returns where the next value belongs: the root, the member whose key was read last, or a new array item.
  Json& place() {
    if (open_.empty()) return root_;
    Json& innermost = *open_.back().value;
    return innermost.is_object() ? *member_ : innermost.get_ref<Json::array_t&>().emplace_back();
  }
  template <class Value> bool add(Value&& value) {
    place() = std::forward<Value>(value);
    return true;
  }
  bool open(Json::value_t type) {
    if (open_.size() >= max_depth) return complain("nested deeper than 100 levels");
    open_.reserve(max_depth);
    Json& opened = place();
    opened = Json(type);
    open_.push_back({&opened, {}});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool complain(std::string what) {
    problem_ = std::move(what);
    return false;
  }

  /// Returns the path of the member whose key was read last, such as "$.a[2].b".
  std::string path() const {
    std::string text = "$";
    for (const Open& open : open_) {
      if (open.value->is_object())
        text += "." + open.key;
      else
        text += "[" + std::to_string(open.value->size() - 1) + "]";
    }
    return text;
  }

  struct Open {
    Json* value;     // an object or array that has not ended
    std::string key; // of an object: the key that was read last
  };
  Json& root_;
  std::string& problem_;
  std::string& duplicate_;
  std::vector<Open> open_;
  Json* member_ = nullptr; // in the innermost object: the member whose value comes next
};

} // namespace

ParsedJson::ParsedJson(std::string_view text) {
  // If memory runs out, the partial value is emptied before the exception leaves the constructor, because the
  // value's own destructor would allocate memory.
  struct Guard {
    Json* value;
    ~Guard() {
      if (value != nullptr) take_apart(*value);
    }
  } guard{&value_};
  Builder builder(value_, problem_, duplicate_);
  (void)Json::sax_parse(text, &builder);
  guard.value = nullptr;
}

/// Empties arrays and objects from the inside out, because the library needs memory to destroy a value that
/// is not empty. Recurses at most max_depth deep.
void ParsedJson::take_apart(Json& value) noexcept {
  if (value.is_array()) {
    auto& items = value.get_ref<Json::array_t&>();
    for (Json& item : items) take_apart(item);
    items.clear();
  } else if (value.is_object()) {
    auto& members = value.get_ref<Json::object_t&>();
    for (auto& [name, member] : members) take_apart(member);
    members.clear();
  }
}

std::string json_string(std::string_view text) { return dump_json(Json(text)); }

std::string dump_json(const Json& value) {
  return harmless(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string dump_json(const OrderedJson& value) {
  return harmless(value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

} // namespace skerry::host
