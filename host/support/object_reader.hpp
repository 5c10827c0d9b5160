// Reads one JSON object key by key. The first problem is kept, later ones are ignored, so that reading code
// runs straight through. Internal.
#pragma once

#include "host/support/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

/// The first problem, and the JSON path where it is ("$.capabilities.env[0]").
struct ReadProblem {
  std::string path;
  std::string message;
};
using FirstProblem = std::optional<ReadProblem>;

/// The first counts. Keys and values are of a file: what is kept of them is printable.
void report(FirstProblem& first, std::string_view path, std::string_view message);

/// "object", "number", …: what a value is, for messages.
std::string json_type_name(const Json& value);

/// Both value and problem must outlive the reader. A value that is no object is a problem, and reads as
/// empty.
class ObjectReader {
public:
  ObjectReader(const Json& value, std::string path, FirstProblem& problem);

  /// The value of a key, or null. Whatever was asked for by any function here is a known key.
  const Json* find(std::string_view key);
  bool has(std::string_view key) { return find(key) != nullptr; }

  // Each gives `fallback` when the key is absent, or when its value is a problem.
  bool boolean(std::string_view key, bool fallback);
  uint64_t integer(std::string_view key, uint64_t fallback, uint64_t min, uint64_t max);
  std::string text(std::string_view key, std::string fallback = {});

  void require(std::string_view key);
  /// An unknown key is a problem. To be called when all known ones were asked for.
  void finish();

  std::string path(std::string_view key) const { return path_ + "." + std::string(key); }
  void complain(std::string_view key, std::string_view message) { report(problem_, path(key), message); }
  FirstProblem& problem() { return problem_; }

private:
  const Json& value_;
  std::string path_;
  FirstProblem& problem_;
  std::vector<std::string> known_;
};

/// Calls `read(item, path)` for each item of the array at `key`, if there is one.
template <class F> void for_each_item(ObjectReader& reader, std::string_view key, F&& read) {
  const Json* list = reader.find(key);
  if (list == nullptr) return;
  if (!list->is_array()) {
    reader.complain(key, "must be an array, not " + json_type_name(*list));
    return;
  }
  size_t index = 0;
  for (const Json& item : *list) read(item, reader.path(key) + "[" + std::to_string(index++) + "]");
}

} // namespace skerry::host
