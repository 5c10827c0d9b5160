#include "vm/translate/emit/locator.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace skerry::vm {

Locator::Locator(std::span<const uint32_t> code_offsets)
    : offsets_(code_offsets), order_(code_offsets.size()) {
  std::iota(order_.begin(), order_.end(), 0u);
  std::sort(order_.begin(), order_.end(), [&](uint32_t x, uint32_t y) { return offsets_[x] < offsets_[y]; });
  found_.reserve(order_.size());
  found_before(0);
}

void Locator::found_before(uint64_t code_offset) {
  while (found_.size() < order_.size() && offsets_[order_[found_.size()]] < code_offset)
    found_.push_back(last_);
  next_ =
      found_.size() < order_.size() ? offsets_[order_[found_.size()]] : std::numeric_limits<uint64_t>::max();
}

void Locator::copy_to(std::span<CodeLocation> locations) {
  found_before(std::numeric_limits<uint64_t>::max());
  for (size_t i = 0; i < order_.size(); ++i) locations[order_[i]] = found_[i];
}

} // namespace skerry::vm
