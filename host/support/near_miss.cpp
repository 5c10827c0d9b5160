#include "host/support/near_miss.hpp"

#include "skerry/printable.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace skerry::host {

namespace {

// These limits bound the work, because the names may come from a module, which can contain many long names.
constexpr size_t most_compared = 10'000;
constexpr size_t longest_compared = 64; // the work grows with the square of the length

/// Returns the name in lower case, without `_` and `-`, so that maxMemoryMB, max_memory_mb and MaxMemoryMB
/// become equal.
std::string fold(std::string_view name) {
  std::string folded;
  for (char c : name.substr(0, longest_compared)) {
    if (c != '_' && c != '-') folded += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return folded;
}

/// Returns how many characters must be inserted, removed, replaced or swapped with their neighbour.
size_t distance(std::string_view a, std::string_view b) {
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

/// Returns the distance of two names, or longest_compared if they are too different for a suggestion.
size_t score(std::string_view name, std::string_view candidate) {
  std::string a = fold(name), b = fold(candidate);
  size_t apart = distance(a, b);
  if (a.size() >= 4 && b.size() >= 4 && (a.find(b) != a.npos || b.find(a) != b.npos)) return apart;
  return apart <= std::max<size_t>(1, a.size() / 3) ? apart : longest_compared;
}

} // namespace

std::vector<std::string> near_misses(std::string_view name, std::span<const std::string> candidates) {
  std::vector<std::pair<size_t, std::string>> found;
  for (const std::string& candidate : candidates.first(std::min(candidates.size(), most_compared))) {
    if (size_t s = score(name, candidate); s < longest_compared) found.emplace_back(s, candidate);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  for (auto& [apart, candidate] : found) {
    if (names.size() < 3 && apart == found.front().first) names.push_back(std::move(candidate));
  }
  return names;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  std::vector<std::string> names = near_misses(name, candidates);
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += i == 0 ? "; did you mean " : i + 1 == names.size() ? " or " : ", ";
    text += printable(names[i]);
  }
  return text.empty() ? text : text + "?";
}

} // namespace skerry::host
