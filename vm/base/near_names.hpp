// NearNames: suggestions for a name that does not exist.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace skerry::vm {

/// Collects the names that are most similar to another one: at most three, all with the same edit distance.
/// Letters that are swapped with their neighbour are one edit. Case, `_` and `-` are ignored. The work is
/// bounded, because the names may come from a module, which can contain many long names.
class NearNames {
public:
  explicit NearNames(std::string_view name);
  /// Looks at a name that exists. Returns false if it looks at no further name.
  bool offer(std::string_view candidate);
  /// Returns `; did you mean "a", "b" or "c"?`, or an empty text if no name is similar enough.
  std::string text() const;
  /// Returns the same text without quotes, for words that users do not choose: `; did you mean --fuel?`
  std::string unquoted_text() const;

private:
  void keep(std::string_view candidate, size_t distance);

  std::string_view name_;
  std::string folded_;
  size_t looked_at_ = 0, distance_ = 0; // distance_ is that of the names in nearest_
  std::set<std::string, std::less<>> nearest_;
};

/// Returns unquoted_text() after looking at `candidates`.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

} // namespace skerry::vm
