#include "vm/validate/type_stack.hpp"

#include "vm/module/engine_data.hpp"
#include "vm/module/type_registry.hpp"

#include <algorithm>

namespace skerry::vm {

TypeMatcher::TypeMatcher(const Module& module)
    : registry_(module.engine->types),
      left_(module.bytes.size() + module.engine->config.module_limits.type_comparisons) {}

bool TypeMatcher::matches_slow(ValType sub, ValType super) const {
  if (sub == bottom_type) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  if (sub == bottom_ref) return true;
  return registry_.matches(sub, super);
}

bool TypeMatcher::matches(TypeList sub, TypeList super) const {
  if (sub.size() != super.size()) return false;
  if (sub.ends_with(super)) return true;
  return charge(sub.size()) &&
         std::ranges::equal(sub, super, [&](ValType a, ValType b) { return matches(a, b); });
}

bool TypeMatcher::charge(uint64_t comparisons) const {
  is_exhausted_ |= comparisons > left_;
  left_ -= is_exhausted_ ? left_ : comparisons;
  return !is_exhausted_;
}

// ---- Pushing

bool TypeStack::push(const TypeList& types) {
  if (types.size() < list_from) {
    for (const ValType type : types)
      if (!push(type)) return false;
    return true;
  }
  if (types.size() > limit_ - std::min(limit_, height() + hidden_operands_)) return false;
  if (!push(list_entry)) return false;
  lists_.push_back(types);
  hidden_operands_ += types.size() - 1;
  set_end();
  return true;
}

bool TypeStack::grow() {
  const size_t size = types_.size();
  if (height() + hidden_operands_ >= limit_) return false;
  const uint32_t height = top_ ? this->height() : 0;
  if (height == size) types_.resize(std::min<size_t>(limit_, std::max<size_t>(64, 2 * size)));
  top_ = types_.data() + height;
  set_end();
  return true;
}

void TypeStack::set_end() {
  end_ = types_.data() + std::min<size_t>(types_.size(), limit_ - std::min(limit_, hidden_operands_));
}

// ---- Popping

/// Reads the operands above the base, from the top down, without popping them.
class TypeStack::Peek {
public:
  explicit Peek(const TypeStack& stack)
      : at_(stack.top_), base_(stack.types_.data() + stack.base_), next_list_(stack.lists_.end()) {}
  bool next(ValType& type) {
    if (list_.empty()) {
      if (at_ == base_) return false;
      --at_;
      if (!is_list(*at_)) {
        type = *at_;
        return true;
      }
      list_ = *--next_list_;
    }
    type = list_.back();
    list_ = list_.without_last();
    return true;
  }

private:
  const ValType* at_;
  const ValType* base_;
  std::vector<TypeList>::const_iterator next_list_;
  TypeList list_; // the types of the current list that were not read yet
};

bool TypeStack::pop_slow(ValType expected) {
  if (is_empty()) return is_polymorphic_;
  const ValType actual = is_list(top_[-1]) ? lists_.back().back() : top_[-1];
  if (!matcher_.matches(actual, expected)) return false;
  drop(1);
  return true;
}

bool TypeStack::pop_any_slow(ValType& type) {
  type = bottom_type;
  if (is_empty()) return is_polymorphic_;
  type = lists_.back().back(); // the top is a list, because pop_any handles all other entries
  drop(1);
  return true;
}

bool TypeStack::pop(const TypeList& expected) {
  if (expected.empty()) return true;
  if (expected.size() == 1) return pop(expected.front());
  return pop_long(expected);
}

bool TypeStack::pop_long(const TypeList& expected) {
  if (!is_empty() && is_list(top_[-1]) && lists_.back() == expected) {
    hidden_operands_ -= expected.size() - 1;
    lists_.pop_back();
    --top_;
    set_end();
    return true;
  }
  if (!top_matches(expected)) return false;
  drop(expected.size());
  return true;
}

/// Pops only after all types match, so that after an error the operands are still there for the message.
bool TypeStack::pop(std::span<const ValType> expected) {
  Peek operand(*this);
  for (size_t i = expected.size(); i-- > 0;) {
    ValType actual;
    if (!operand.next(actual)) {
      if (!is_polymorphic_) return false;
      break;
    }
    if (!matcher_.matches(actual, expected[i])) return false;
  }
  drop(static_cast<uint32_t>(expected.size()));
  return true;
}

bool TypeStack::top_matches(const TypeList& expected) const {
  if (height() - base_ >= expected.size()) {
    const ValType* at = top_ - expected.size();
    if (std::ranges::all_of(expected, [&](ValType type) { return *at++ == type; })) return true;
  }
  return walk(expected);
}

/// Returns whether the top operands match `expected`. Compares from the top down.
bool TypeStack::walk(TypeList expected) const {
  size_t lists = lists_.size();
  for (const ValType* at = top_; !expected.empty(); --at) {
    if (at == types_.data() + base_) return is_polymorphic_;
    if (!matcher_.charge(1)) return false;
    if (!is_list(at[-1])) {
      if (!matcher_.matches(at[-1], expected.back())) return false;
      expected = expected.without_last();
      continue;
    }
    TypeList actual = lists_[--lists];
    if (expected.ends_with(actual)) {
      expected = expected.without_last(actual.size(), actual.ref_count());
      continue;
    }
    if (actual.ends_with(expected)) return true;
    if (!matcher_.charge(std::min(actual.size(), expected.size()))) return false;
    for (; !actual.empty() && !expected.empty();
         actual = actual.without_last(), expected = expected.without_last())
      if (!matcher_.matches(actual.back(), expected.back())) return false;
  }
  return true;
}

/// Removes the top `count` operands, whose types were checked before. In unreachable code the stack may hold
/// fewer than `count` operands above the base; then all of these are removed.
void TypeStack::drop(uint32_t count) {
  while (count > 0 && !is_empty()) {
    if (!is_list(top_[-1])) {
      --top_, --count;
      continue;
    }
    const TypeList& list = lists_.back();
    const uint32_t taken = std::min(count, list.size());
    count -= taken;
    uint32_t refs = 0;
    if (list.ref_count() > 0 && taken < list.size()) refs = list.refs_in_last(taken);
    resize_top_list(taken == list.size() ? TypeList{} : list.without_last(taken, refs));
  }
}

/// Replaces the top list by `rest`, which is the start of the list. If `rest` has only one type, an ordinary
/// entry replaces the list. If `rest` is empty, the entry is removed.
void TypeStack::resize_top_list(TypeList rest) {
  const uint32_t size = lists_.back().size();
  hidden_operands_ -= size - std::max(rest.size(), 1u);
  if (rest.size() > 1) {
    lists_.back() = rest;
  } else {
    lists_.pop_back();
    if (rest.empty())
      --top_;
    else
      top_[-1] = rest.front();
  }
  set_end();
}

void TypeStack::drop_lists(uint32_t height) {
  for (const ValType* at = top_; at > types_.data() + height && !lists_.empty(); --at) {
    if (!is_list(at[-1])) continue;
    hidden_operands_ -= lists_.back().size() - 1;
    lists_.pop_back();
  }
  set_end();
}

std::vector<ValType> TypeStack::top(size_t most) const {
  std::vector<ValType> types;
  Peek operand(*this);
  for (ValType type; types.size() < most && operand.next(type);) types.push_back(type);
  std::ranges::reverse(types);
  return types;
}

} // namespace skerry::vm
