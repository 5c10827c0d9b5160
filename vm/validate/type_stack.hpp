// The operand stack of the validation algorithm (spec, appendix "Validation Algorithm").
#pragma once

#include "skerry/types.hpp"
#include "vm/module/module.hpp"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace skerry::vm {

class TypeRegistry;

/// The type of an operand that unreachable code supplies: matches every type.
inline constexpr ValType bottom_type{ValType::bottom};
/// The same for an operand known to be a reference: matches every reference type.
inline constexpr ValType bottom_ref = ValType::ref(static_cast<HeapType>(-1), false);

/// Subtyping (spec §3.3) of types with canonical ids. Counts the comparisons that are not linear in the
/// module's size. When the limit is used up, nothing matches any more.
class TypeMatcher {
public:
  explicit TypeMatcher(const Module& module);
  bool matches(ValType sub, ValType super) const { return sub == super || matches_slow(sub, super); }
  /// Compares element by element. Equal lists are compared as a whole.
  bool matches(TypeList sub, TypeList super) const;

  /// Counts this many comparisons against the limit. Returns false if fewer are left.
  bool charge(uint64_t comparisons) const;
  bool is_exhausted() const { return is_exhausted_; }

private:
  bool matches_slow(ValType sub, ValType super) const;
  const TypeRegistry& registry_;
  mutable uint64_t left_;
  mutable bool is_exhausted_ = false;
};

/// A flat array of types. The operands of the innermost control frame start at the base. If the stack is
/// polymorphic (after a branch or trap), any number of operands of bottom type are below the base.
///
/// A long list of types that a call or block pushes is a single entry, and is popped as one. So no
/// instruction takes longer for a thousand operands than for a few, unless they are compared one by one
/// (TypeMatcher).
class TypeStack {
public:
  TypeStack(const TypeMatcher& matcher, uint32_t limit) : matcher_(matcher), limit_(limit) { grow(); }

  /// The height in entries.
  uint32_t height() const { return static_cast<uint32_t>(top_ - types_.data()); }
  uint32_t base() const { return base_; }
  bool is_polymorphic() const { return is_polymorphic_; }
  /// Returns whether there are no operands above the base.
  /// The memory that the stack takes.
  size_t bytes() const { return types_.capacity() * sizeof(ValType) + lists_.capacity() * sizeof(TypeList); }
  bool is_empty() const { return height() == base_; }
  /// The topmost operands above the base, at most `most`, with the top one last.
  std::vector<ValType> top(size_t most) const;

  void enter(uint32_t base, bool is_polymorphic) { base_ = base, is_polymorphic_ = is_polymorphic; }
  void truncate(uint32_t height) {
    if (!lists_.empty()) [[unlikely]]
      drop_lists(height);
    top_ = types_.data() + height;
  }
  void make_polymorphic() { truncate(base_), is_polymorphic_ = true; }
  void clear() { truncate(0), base_ = 0, is_polymorphic_ = false; }

  /// Returns false if the stack would exceed its limit.
  [[nodiscard]] bool push(ValType type) {
    if (top_ == end_) [[unlikely]]
      if (!grow()) return false;
    *top_++ = type;
    return true;
  }
  [[nodiscard]] bool push(const TypeList& types);

  /// Returns false, and pops nothing, if the top does not match this type.
  [[nodiscard]] bool pop(ValType expected) { return pop_equal(expected) || pop_slow(expected); }
  /// The same, but succeeds only if the top is exactly this type.
  [[nodiscard]] bool pop_equal(ValType expected) {
    if (top_ == types_.data() + base_ || top_[-1] != expected) return false;
    --top_;
    return true;
  }
  /// Pops an operand of any type: bottom if the stack is empty and polymorphic. Returns false if there is
  /// none.
  [[nodiscard]] bool pop_any(ValType& type) {
    if (top_ > types_.data() + base_ && !is_list(top_[-1])) [[likely]] {
      type = *--top_;
      return true;
    }
    return pop_any_slow(type);
  }
  /// Pops all of these, the last from the top. Returns false, and pops nothing, if one does not match.
  [[nodiscard]] bool pop(const TypeList& expected);
  [[nodiscard]] bool pop(std::span<const ValType> expected);
  /// Returns whether pop(expected) would succeed.
  bool top_matches(const TypeList& expected) const;

private:
  /// At least this many operands pushed at once become one entry.
  static constexpr uint32_t list_from = 6;
  static constexpr ValType list_entry = ValType::from_bits(2); // no type has this kind
  static bool is_list(ValType entry) { return entry == list_entry; }
  class Peek;

  bool grow();
  void set_end();
  bool pop_slow(ValType expected);
  bool pop_any_slow(ValType& type);
  bool pop_long(const TypeList& expected);
  bool walk(TypeList expected) const;
  void drop(uint32_t count);
  void drop_lists(uint32_t height);
  void resize_top_list(TypeList rest);

  const TypeMatcher& matcher_;
  uint32_t limit_; // of operands
  uint32_t base_ = 0;
  bool is_polymorphic_ = false;
  ValType* top_ = nullptr;
  ValType* end_ = nullptr;
  std::vector<ValType> types_;
  std::vector<TypeList> lists_;  // of the entries that are lists, in order
  uint32_t hidden_operands_ = 0; // operands in lists, not counting one for each list
};

} // namespace skerry::vm
