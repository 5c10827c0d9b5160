// Writes JSON piece by piece into text. Internal.
#pragma once

#include "host/support/json.hpp"

#include <string>
#include <string_view>
#include <type_traits>

namespace skerry::host {

/// Returns a string, number or boolean as JSON.
template <class T> std::string scalar_text(const T& value) {
  if constexpr (std::is_convertible_v<T, std::string_view>) {
    return json_string(value);
  } else {
    static_assert(std::is_arithmetic_v<T>);
    return dump_json(Json(value));
  }
}

/// The text of a JSON object, whose members stay in the order in which they are added. The host writes output
/// with ObjectText instead of OrderedJson, because the destructor of an OrderedJson allocates memory (see
/// ParsedJson).
class ObjectText {
public:
  template <class T> ObjectText& add(std::string_view name, const T& value) {
    return add_text(name, scalar_text(value));
  }
  /// Adds a member whose value is the JSON text `json`.
  ObjectText& add_text(std::string_view name, std::string_view json) {
    members_.append(members_.empty() ? "" : ",").append(json_string(name)).append(":").append(json);
    return *this;
  }
  template <class Map> ObjectText& add_all(const Map& map) {
    for (const auto& [name, value] : map) add(name, value);
    return *this;
  }
  std::string text() const { return "{" + members_ + "}"; }

private:
  std::string members_;
};

/// The text of a JSON array.
class ListText {
public:
  template <class T> ListText& add(const T& value) { return add_text(scalar_text(value)); }
  /// Adds an item whose value is the JSON text `json`.
  ListText& add_text(std::string_view json) {
    items_.append(items_.empty() ? "" : ",").append(json);
    return *this;
  }
  template <class List> ListText& add_all(const List& list) {
    for (const auto& item : list) add(item);
    return *this;
  }
  std::string text() const { return "[" + items_ + "]"; }

private:
  std::string items_;
};

} // namespace skerry::host
