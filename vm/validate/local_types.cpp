#include "vm/validate/local_types.hpp"

#include <algorithm>

namespace skerry::vm {

void LocalTypes::reset(TypeList params) {
  // Consecutive functions often have the same type. The types of the parameters are then already in head_.
  const bool is_same = params.codes().data() == params_.codes().data() && params.size() == params_.size();
  params_ = params;
  runs_.clear();
  all_defaultable_ = true;
  size_ = params.size();
  head_size_ = std::min<uint32_t>(size_, head_.size());
  if (is_same) return;
  TypeList::Iterator type = params.begin();
  for (uint32_t i = 0; i < head_size_; ++i, ++type) head_[i] = *type;
}

void LocalTypes::add(uint32_t count, ValType type) {
  if (count == 0) return;
  all_defaultable_ &= type.is_defaultable();
  const uint32_t written = std::min<uint32_t>(count, static_cast<uint32_t>(head_.size()) - head_size_);
  std::fill_n(head_.begin() + head_size_, written, type);
  head_size_ += written;
  size_ += count;
  runs_.push_back({size_, type});
}

ValType LocalTypes::find(uint32_t index) const {
  if (index < params_.size()) return params_[index];
  return std::ranges::upper_bound(runs_, index, {}, &Run::end)->type;
}

} // namespace skerry::vm
