// Reads a JSON object member by member, and keeps the problems, so that the calling code needs no error
// handling. Internal.
#pragma once

#include "host/support/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

/// A problem, and the JSON path of its place: "$.capabilities.env[0]".
struct ReadProblem {
  std::string path;
  std::string message;
};
using ReadProblems = std::vector<ReadProblem>;

/// Adds a problem, unless there are very many already, or one at the same place or around it. `path` and
/// `message` may contain keys and values of a file, so the recorded texts are made printable.
void report(ReadProblems& problems, std::string_view path, std::string_view message);
/// Returns all problems, of which there must be one, as one line: "$.a: must not be empty; $.b: unknown key".
std::string to_text(const ReadProblems& problems);

/// Returns the type of a value for messages: "an object", "a number", "null", …
std::string json_type_name(const Json& value);

/// Reads the members of one object. `value` and `problems` must outlive the reader. If `value` is not an
/// object, that is recorded as a problem, and `value` is read like an empty object.
class ObjectReader {
public:
  ObjectReader(const Json& value, std::string path, ReadProblems& problems);

  /// Returns the value of a key, or null if the key is absent. Every key passed to a function of this class
  /// counts as known (see `finish`).
  const Json* find(std::string_view key);
  bool has(std::string_view key) { return find(key) != nullptr; }

  // These functions return `fallback` if the key is absent or its value is not allowed. A value that is not
  // allowed is recorded as a problem.
  bool boolean(std::string_view key, bool fallback);
  uint64_t integer(std::string_view key, uint64_t fallback, uint64_t min, uint64_t max);
  std::string text(std::string_view key, std::string fallback = {});

  void require(std::string_view key);
  /// Records a problem if the object has keys that are not known. Must be called after all known keys have
  /// been read.
  void finish();

  std::string path(std::string_view key) const { return path_ + "." + std::string(key); }
  void complain(std::string_view key, std::string_view message) { report(problems_, path(key), message); }
  ReadProblems& problems() { return problems_; }

private:
  const Json& value_;
  std::string path_;
  ReadProblems& problems_;
  std::vector<std::string> known_;
};

/// Calls `read(item, path)` for each item of the array at `key`. Does nothing if the key is absent.
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
