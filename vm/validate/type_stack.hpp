// The operand stack of the validation algorithm (spec, appendix "Validation Algorithm").
#pragma once

#include "skerry/types.hpp"
#include "vm/module/module.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace skerry::vm {

class TypeRegistry;

/// Of an operand that unreachable code takes from nowhere: matches every type.
inline constexpr ValType bottom_type{ValType::bottom};
/// The same when it is known to be a reference: matches every reference type.
inline constexpr ValType bottom_ref = ValType::ref(static_cast<HeapType>(-1), false);

/// Subtyping between the types of one module (spec §3.3); they have canonical ids.
class TypeMatcher {
public:
  explicit TypeMatcher(const Module& module);
  bool matches(ValType sub, ValType super) const { return sub == super || matches_slow(sub, super); }
  bool matches(HeapType sub, HeapType super) const;
  /// Element-wise, of equal length.
  bool matches(std::span<const ValType> sub, std::span<const ValType> super) const;

private:
  bool matches_slow(ValType sub, ValType super) const;
  const std::vector<SubType>& types_;
  const TypeRegistry& registry_;
};

/// A flat array of types above a base, the height of the innermost control frame. When polymorphic (after a
/// branch or trap), there are any number of operands of bottom type below the base.
class TypeStack {
public:
  TypeStack(const TypeMatcher& matcher, uint32_t limit) : matcher_(matcher), limit_(limit) { grow(); }

  uint32_t height() const { return static_cast<uint32_t>(top_ - types_.data()); }
  uint32_t base() const { return base_; }
  bool is_polymorphic() const { return is_polymorphic_; }
  /// The operands above the base, the top one last.
  std::span<const ValType> operands() const { return {types_.data() + base_, top_}; }
  /// All operands, of outer frames too.
  std::span<const ValType> all() const { return {types_.data(), top_}; }

  void enter(uint32_t base, bool is_polymorphic) { base_ = base, is_polymorphic_ = is_polymorphic; }
  void truncate(uint32_t height) { top_ = types_.data() + height; }
  void make_polymorphic() { truncate(base_), is_polymorphic_ = true; }

  /// False when the stack would exceed its limit.
  [[nodiscard]] bool push(ValType type) {
    if (top_ == end_) [[unlikely]]
      if (!grow()) return false;
    *top_++ = type;
    return true;
  }
  [[nodiscard]] bool push(std::span<const ValType> types);

  /// False when the top is not of this type.
  [[nodiscard]] bool pop(ValType expected) {
    if (top_ > types_.data() + base_ && top_[-1] == expected) [[likely]]
      return --top_, true;
    return pop_slow(expected);
  }
  /// Of any type; bottom when the stack is polymorphic. False when there is none.
  [[nodiscard]] bool pop_any(ValType& type) {
    if (top_ > types_.data() + base_) [[likely]]
      return type = *--top_, true;
    return type = bottom_type, is_polymorphic_;
  }
  /// All, last on top; nothing is popped when false.
  [[nodiscard]] bool pop(std::span<const ValType> expected) {
    if (!top_matches(expected)) return false;
    top_ -= std::min<size_t>(expected.size(), height() - base_);
    return true;
  }
  /// Whether pop(expected) would succeed.
  bool top_matches(std::span<const ValType> expected) const;

private:
  bool grow();
  bool pop_slow(ValType expected);

  const TypeMatcher& matcher_;
  uint32_t limit_;
  uint32_t base_ = 0;
  bool is_polymorphic_ = false;
  ValType* top_ = nullptr;
  ValType* end_ = nullptr;
  std::vector<ValType> types_;
};

} // namespace skerry::vm
