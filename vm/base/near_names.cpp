#include "vm/base/near_names.hpp"

#include "skerry/printable.hpp"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace skerry::vm {

namespace {

/// The number of edits that turn one name into the other, ignoring case. Returns `most` + 1 if the lengths
/// already differ by more than `most`.
size_t distance(std::string_view a, std::string_view b, size_t most) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > most) return most + 1;
  std::vector<size_t> row(a.size() + 1);
  for (size_t i = 0; i < row.size(); ++i) row[i] = i;
  for (size_t j = 1; j <= b.size(); ++j) {
    size_t diagonal = std::exchange(row[0], j);
    for (size_t i = 1; i <= a.size(); ++i) {
      const size_t change = diagonal + (std::tolower(static_cast<unsigned char>(a[i - 1])) !=
                                        std::tolower(static_cast<unsigned char>(b[j - 1])));
      diagonal = std::exchange(row[i], std::min({change, row[i] + 1, row[i - 1] + 1}));
    }
  }
  return row.back();
}

} // namespace

void NearNames::offer(std::string_view candidate) {
  constexpr size_t most_looked_at = 10'000, most_shown = 3, longest = 100;
  if (name_.size() > longest || shown_ == most_shown || looked_at_ == most_looked_at) return;
  ++looked_at_;
  const size_t most = std::max(name_.size() / 4, size_t{1});
  if (distance(candidate, name_, most) > most) return;
  text_ += (shown_++ == 0 ? "; did you mean " : " or ") + in_quotes(candidate);
}

} // namespace skerry::vm
