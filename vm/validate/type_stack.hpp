// The operand stack of the validation algorithm (spec §7.5, "Validation Algorithm"): the types of the
// operands that the instructions so far leave on the stack.
#pragma once

#include "skerry/types.hpp"
#include "vm/module/module.hpp"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace skerry::vm {

class TypeRegistry;

/// The type of an operand that unreachable code supplies. It matches every type.
inline constexpr ValType bottom_type{ValType::bottom};
/// The type of an operand of unreachable code that is known to be a reference. It matches every reference
/// type.
inline constexpr ValType bottom_ref = ValType::ref(static_cast<HeapType>(-1), false);

/// Matches types that have canonical ids (spec §3.3). Counts the comparisons whose number is not linear in
/// the module's size. When the limit on these comparisons is reached, only identical lists match.
class TypeMatcher {
public:
  explicit TypeMatcher(const Module& module);
  bool matches(ValType sub, ValType super) const { return sub == super || matches_slow(sub, super); }
  /// Compares two lists type by type. Lists that are equal are compared in one step.
  bool matches(TypeList sub, TypeList super) const;

  /// Counts `comparisons` against the limit. Returns false if the limit is exceeded.
  bool charge(uint64_t comparisons) const;
  bool is_exhausted() const { return is_exhausted_; }

private:
  bool matches_slow(ValType sub, ValType super) const;
  const TypeRegistry& registry_;
  mutable uint64_t left_;
  mutable bool is_exhausted_ = false;
};

/// The operand stack: an array of types. The operands of the innermost control frame start at base(). If the
/// stack is polymorphic (after a branch or a trap), an instruction that pops more operands than this frame
/// has gets operands of bottom type.
///
/// If a call or block pushes six or more types, this list of types is one entry of the array, and can also
/// be popped in one step. So an instruction does not take longer for a thousand operands than for a few,
/// unless types must be compared one by one (TypeMatcher).
class TypeStack {
public:
  TypeStack(const TypeMatcher& matcher, uint32_t limit) : matcher_(matcher), limit_(limit) { grow(); }

  /// The number of entries. A list of types counts as one entry.
  uint32_t height() const { return static_cast<uint32_t>(top_ - types_.data()); }
  uint32_t base() const { return base_; }
  bool is_polymorphic() const { return is_polymorphic_; }
  /// The bytes of memory that the stack takes.
  size_t bytes() const { return types_.capacity() * sizeof(ValType) + lists_.capacity() * sizeof(TypeList); }
  bool is_empty() const { return height() == base_; }
  /// The topmost operands above the base, the top one last. At most `most` operands are returned.
  std::vector<ValType> top(size_t most) const;

  void enter(uint32_t base, bool is_polymorphic) { base_ = base, is_polymorphic_ = is_polymorphic; }
  void truncate(uint32_t height) {
    if (!lists_.empty()) [[unlikely]]
      drop_lists(height);
    top_ = types_.data() + height;
  }
  void make_polymorphic() { truncate(base_), is_polymorphic_ = true; }
  void clear() { truncate(0), base_ = 0, is_polymorphic_ = false; }

  /// Pushes an operand. Returns false if the stack would exceed its limit.
  [[nodiscard]] bool push(ValType type) {
    if (top_ == end_) [[unlikely]]
      if (!grow()) return false;
    *top_++ = type;
    return true;
  }
  [[nodiscard]] bool push(const TypeList& types);

  /// Pops an operand that matches `expected`. Returns false, and pops nothing, if the top operand does not
  /// match.
  [[nodiscard]] bool pop(ValType expected) { return pop_equal(expected) || pop_slow(expected); }
  /// Pops an operand whose type is exactly `expected`. Returns false, and pops nothing, if the top operand
  /// has another type.
  [[nodiscard]] bool pop_equal(ValType expected) {
    if (top_ == types_.data() + base_ || top_[-1] != expected) return false;
    --top_;
    return true;
  }
  /// Pops an operand of any type and stores its type in `type`; bottom if the stack is empty and polymorphic.
  /// Returns false if there is no operand.
  [[nodiscard]] bool pop_any(ValType& type) {
    if (top_ > types_.data() + base_ && !is_list(top_[-1])) [[likely]] {
      type = *--top_;
      return true;
    }
    return pop_any_slow(type);
  }
  /// Pops operands that match all of `expected`; the last of `expected` is on top. Returns false, and pops
  /// nothing, if one does not match.
  [[nodiscard]] bool pop(const TypeList& expected);
  [[nodiscard]] bool pop(std::span<const ValType> expected);
  /// Returns whether pop(expected) would succeed.
  bool top_matches(const TypeList& expected) const;

private:
  /// A list of at least this many types becomes one entry.
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
  uint32_t limit_; // maximum number of operands
  uint32_t base_ = 0;
  bool is_polymorphic_ = false;
  ValType* top_ = nullptr;
  ValType* end_ = nullptr;
  std::vector<ValType> types_;
  std::vector<TypeList> lists_;  // the types of those entries that are lists, in order
  uint32_t hidden_operands_ = 0; // number of operands in lists, minus the number of lists
};

} // namespace skerry::vm
