// NearNames: suggestions for a name that does not exist.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace skerry::vm {

/// Collects names that are similar to another one. The work is bounded, because the names may come from a
/// module, which can contain many long names.
class NearNames {
public:
  explicit NearNames(std::string_view name) : name_(name) {}
  /// Looks at a name that exists.
  void offer(std::string_view candidate);
  /// Returns `; did you mean "a" or "b"?`, or an empty text if no name is similar enough.
  std::string text() const { return text_.empty() ? text_ : text_ + "?"; }

private:
  std::string_view name_;
  size_t looked_at_ = 0, shown_ = 0;
  std::string text_;
};

} // namespace skerry::vm
