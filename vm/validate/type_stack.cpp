#include "vm/validate/type_stack.hpp"

#include "vm/module/engine_data.hpp"
#include "vm/module/type_registry.hpp"

#include <algorithm>

namespace skerry::vm {

TypeMatcher::TypeMatcher(const Module& module) : types_(module.types), registry_(module.engine->types) {}

bool TypeMatcher::matches(HeapType sub, HeapType super) const {
  const auto id = [&](HeapType heap) {
    const auto index = static_cast<int32_t>(heap);
    return index < 0 ? heap : static_cast<HeapType>(types_[static_cast<size_t>(index)].id);
  };
  return sub == super || registry_.matches(id(sub), id(super));
}

bool TypeMatcher::matches_slow(ValType sub, ValType super) const {
  if (sub == bottom_type) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  if (sub == bottom_ref) return true;
  return (super.is_nullable() || !sub.is_nullable()) && matches(sub.heap(), super.heap());
}

bool TypeMatcher::matches(std::span<const ValType> sub, std::span<const ValType> super) const {
  // Equal types are by far the most frequent; the limits allow a thousand at once.
  if (sub.empty() || std::memcmp(sub.data(), super.data(), sub.size_bytes()) == 0) return true;
  return std::ranges::equal(sub, super, [&](ValType a, ValType b) { return matches(a, b); });
}

bool TypeStack::push(std::span<const ValType> types) {
  while (static_cast<size_t>(end_ - top_) < types.size())
    if (!grow()) return false;
  top_ = std::copy(types.begin(), types.end(), top_);
  return true;
}

bool TypeStack::top_matches(std::span<const ValType> expected) const {
  const size_t available = height() - base_;
  if (expected.size() <= available) return matcher_.matches({top_ - expected.size(), top_}, expected);
  return is_polymorphic_ && matcher_.matches({top_ - available, top_}, expected.last(available));
}

bool TypeStack::pop_slow(ValType expected) {
  ValType actual;
  if (!pop_any(actual)) return false;
  if (matcher_.matches(actual, expected)) return true;
  if (actual != bottom_type) ++top_; // so that the error can name it
  return false;
}

bool TypeStack::grow() {
  const size_t size = types_.size();
  if (size == limit_) return false;
  const uint32_t height = top_ ? this->height() : 0;
  types_.resize(std::min<size_t>(limit_, std::max<size_t>(64, 2 * size)));
  top_ = types_.data() + height;
  end_ = types_.data() + types_.size();
  return true;
}

} // namespace skerry::vm
