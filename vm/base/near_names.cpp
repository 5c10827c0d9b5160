#include "vm/base/near_names.hpp"

#include "skerry/printable.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace skerry::vm {

namespace {

// These limits bound the work.
constexpr size_t most_looked_at = 10'000;
constexpr size_t longest = 100; // the work grows with the square of the length
constexpr size_t most_shown = 3;

/// Returns the name in lower case, without `_` and `-`, so that maxMemoryMB, max_memory_mb and MaxMemoryMB
/// become equal.
std::string fold(std::string_view name) {
  std::string folded;
  for (const char c : name)
    if (c != '_' && c != '-') folded += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return folded;
}

/// Returns how many characters must be inserted, removed, replaced or swapped with their neighbour.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before, last(b.size() + 1), row(b.size() + 1); // the last two rows, and this one
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    before = std::exchange(last, row);
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({last[j] + (a[i] != b[j]), last[j + 1] + 1, row[j] + 1});
      const bool is_swap = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (is_swap) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

/// Returns the distance of two folded names that are similar: a third of the letters is wrong, or one
/// contains the other.
std::optional<size_t> distance_if_similar(std::string_view name, std::string_view candidate) {
  constexpr size_t shortest_contained = 4;
  const size_t shorter = std::min(name.size(), candidate.size());
  const size_t surplus = std::max(name.size(), candidate.size()) - shorter;
  const bool is_contained = name.find(candidate) != name.npos || candidate.find(name) != candidate.npos;
  if (shorter >= shortest_contained && is_contained) return surplus;
  const size_t most = std::max(name.size() / 3, size_t{1});
  if (surplus > most) return std::nullopt;
  const size_t distance = edit_distance(name, candidate);
  return distance <= most ? std::optional(distance) : std::nullopt;
}

template <class Show> std::string suggest(const std::set<std::string, std::less<>>& names, Show show) {
  std::string text;
  size_t left = names.size();
  for (const std::string& name : names) {
    text += text.empty() ? "; did you mean " : left == 1 ? " or " : ", ";
    text += show(name);
    --left;
  }
  return text.empty() ? text : text + "?";
}

} // namespace

NearNames::NearNames(std::string_view name)
    : name_(name), folded_(name.size() <= longest ? fold(name) : std::string()) {}

bool NearNames::offer(std::string_view candidate) {
  if (name_.size() > longest || looked_at_ == most_looked_at) return false;
  ++looked_at_;
  if (candidate.size() > longest) return true;
  if (candidate == name_) return true; // it exists, but is not what was looked for
  if (const auto distance = distance_if_similar(folded_, fold(candidate))) keep(candidate, *distance);
  return true;
}

void NearNames::keep(std::string_view candidate, size_t distance) {
  if (!nearest_.empty() && distance > distance_) return;
  if (distance < distance_) nearest_.clear();
  distance_ = distance;
  nearest_.emplace(candidate);
  if (nearest_.size() > most_shown) nearest_.erase(std::prev(nearest_.end()));
}

std::string NearNames::text() const {
  return suggest(nearest_, [](std::string_view name) { return in_quotes(name); });
}

std::string NearNames::unquoted_text() const {
  return suggest(nearest_, [](std::string_view name) { return printable(name); });
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  NearNames near(name);
  for (const std::string& candidate : candidates) near.offer(candidate);
  return near.unquoted_text();
}

} // namespace skerry::vm
