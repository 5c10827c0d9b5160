#include "host/support/object_reader.hpp"

#include "skerry/printable.hpp"
#include "vm/base/near_names.hpp"

#include <algorithm>

namespace skerry::host {

namespace {

std::string range_message(uint64_t min, uint64_t max, const Json& value) {
  return "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ", not " +
         (value.is_number() ? dump_json(value) : json_type_name(value));
}

} // namespace

void report(ReadProblems& problems, std::string_view path, std::string_view message) {
  constexpr size_t most_problems = 20;
  const std::string place = printable(path);
  // A missing member or a wrong type makes further problems at the same place and inside it.
  const bool follows = std::ranges::any_of(problems, [&](const ReadProblem& earlier) {
    return place.starts_with(earlier.path) &&
           (place.size() == earlier.path.size() || place[earlier.path.size()] == '.' ||
            place[earlier.path.size()] == '[');
  });
  if (!follows && problems.size() < most_problems)
    problems.push_back({place, printable(message, longest_printed_message)});
}

std::string to_text(const ReadProblems& problems) {
  std::string text;
  for (const ReadProblem& problem : problems)
    text += (text.empty() ? "" : "; ") + problem.path + ": " + problem.message;
  return text;
}

std::string json_type_name(const Json& value) {
  std::string name = value.type_name();
  return name == "object" || name == "array" ? "an " + name : name == "null" ? name : "a " + name;
}

ObjectReader::ObjectReader(const Json& value, std::string path, ReadProblems& problems)
    : value_(value), path_(std::move(path)), problems_(problems) {
  if (!value.is_object()) report(problems_, path_, "must be an object, not " + json_type_name(value));
}

const Json* ObjectReader::find(std::string_view key) {
  known_.emplace_back(key);
  if (!value_.is_object()) return nullptr;
  auto found = value_.find(known_.back());
  return found == value_.end() ? nullptr : &*found;
}

bool ObjectReader::boolean(std::string_view key, bool fallback) {
  const Json* value = find(key);
  if (value == nullptr) return fallback;
  if (value->is_boolean()) return value->get<bool>();
  complain(key, "must be true or false, not " + json_type_name(*value));
  return fallback;
}

uint64_t ObjectReader::integer(std::string_view key, uint64_t fallback, uint64_t min, uint64_t max) {
  const Json* value = find(key);
  if (value == nullptr) return fallback;
  if (value->is_number_unsigned()) {
    uint64_t number = value->get<uint64_t>();
    if (number >= min && number <= max) return number;
  }
  complain(key, range_message(min, max, *value));
  return fallback;
}

std::string ObjectReader::text(std::string_view key, std::string fallback) {
  const Json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_string()) {
    complain(key, "must be a string, not " + json_type_name(*value));
    return fallback;
  }
  std::string text = value->get<std::string>();
  if (text.find('\0') != text.npos) complain(key, "must not contain a NUL character");
  return text;
}

void ObjectReader::require(std::string_view key) {
  if (value_.is_object() && !has(key)) complain(key, "is missing");
}

void ObjectReader::finish() {
  if (!value_.is_object()) return;
  for (const auto& [key, _] : value_.items()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    complain(key, "unknown key" + vm::did_you_mean(key, known_));
  }
}

} // namespace skerry::host
