// Finds things by name: their indices, in open addressing.
#pragma once

#include "vm/base/keyed_hash.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace skerry::vm {

/// Keeps indices only: who asks says which one has the name. Twelve bytes for each at most.
class NameIndex {
public:
  static constexpr uint32_t none = ~uint32_t{0};

  /// Room for so many from the beginning.
  void reserve(size_t count) { slots_.assign(std::bit_ceil(count + count / 2 + 1), none); }
  size_t size() const { return used_; }
  void clear() { slots_.clear(), used_ = 0; }

  /// Adds an index, unless `is_same` says of one that it has the name: then that. There must be room.
  template <class F> uint32_t insert(uint64_t hash, uint32_t index, F&& is_same) {
    const size_t at = slot(hash, is_same);
    if (slots_[at] != none) return slots_[at];
    slots_[at] = index;
    ++used_;
    return index;
  }
  /// The same, with more room when it is needed; `hash_of(index)`.
  template <class F, class Hash> uint32_t insert(uint64_t hash, uint32_t index, F&& is_same, Hash&& hash_of) {
    if ((used_ + 1) * 3 > slots_.size() * 2) grow(hash_of);
    return insert(hash, index, is_same);
  }
  template <class F> uint32_t find(uint64_t hash, F&& is_same) const {
    return slots_.empty() ? none : slots_[slot(hash, is_same)];
  }

private:
  template <class F> size_t slot(uint64_t hash, F& is_same) const {
    size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != none && !is_same(slots_[at])) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  template <class Hash> void grow(Hash& hash_of) {
    constexpr size_t smallest = 16;
    const std::vector<uint32_t> before = std::exchange(slots_, {});
    slots_.assign(before.empty() ? smallest : before.size() * 2, none);
    const auto is_other = [](uint32_t) { return false; };
    for (const uint32_t index : before)
      if (index != none) slots_[slot(hash_of(index), is_other)] = index;
  }

  std::vector<uint32_t> slots_;
  size_t used_ = 0;
};

} // namespace skerry::vm
