// Finds items by name: a hash table that holds the items' indices, with open addressing.
#pragma once

#include "vm/base/keyed_hash.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace skerry::vm {

/// The table stores only indices and bits of the names' hashes; the caller compares names. The table takes at
/// most twelve bytes per index.
class NameIndex {
public:
  static constexpr uint32_t none = ~uint32_t{0};

  /// Makes room for `count` indices, each less than `count`. The table must be empty.
  void reserve(size_t count) { resize(std::bit_ceil(count + count / 2 + 2), 0); }
  size_t size() const { return used_; }
  void clear() { slots_.clear(), used_ = 0, largest_index_ = 0; }

  /// Prefetches the memory that insert or find reads for this hash.
  void expect(uint64_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash & slot_mask()]);
  }
  /// Adds `index` and returns it. If the table already holds an index that `is_same` accepts, adds nothing
  /// and returns the accepted index instead. The caller must have made room (reserve).
  template <class F> uint32_t insert(uint64_t hash, uint32_t index, F&& is_same) {
    const size_t at = slot(hash, is_same);
    if (slots_[at] != none) return slots_[at] & index_mask_;
    slots_[at] = tag(hash) | index;
    ++used_;
    largest_index_ = std::max(largest_index_, index);
    return index;
  }
  /// Like the function above, but makes room if needed. `hash_of(i)` must return the hash with which `i`
  /// was inserted. It is called for indices that the table already holds.
  template <class F, class Hash> uint32_t insert(uint64_t hash, uint32_t index, F&& is_same, Hash&& hash_of) {
    constexpr size_t smallest = 16;
    if ((used_ + 1) * 3 > slots_.size() * 2)
      rebuild(std::max(smallest, slots_.size() * 2), index, hash_of);
    else if (index >= index_mask_)
      rebuild(slots_.size(), index, hash_of);
    return insert(hash, index, is_same);
  }
  template <class F> uint32_t find(uint64_t hash, F&& is_same) const {
    if (slots_.empty()) return none;
    const uint32_t found = slots_[slot(hash, is_same)];
    return found == none ? none : found & index_mask_;
  }

private:
  // The low bits of a slot, those of index_mask_, hold an index. The high bits hold the same bits of the
  // name's hash as a tag. Most different names differ in their tags, so few names need to be compared.
  uint32_t slot_mask() const { return static_cast<uint32_t>(slots_.size() - 1); }
  uint32_t tag(uint64_t hash) const { return static_cast<uint32_t>(hash) & ~index_mask_; }

  template <class F> size_t slot(uint64_t hash, F& is_same) const {
    const uint32_t wanted = tag(hash);
    size_t at = hash & slot_mask();
    while (slots_[at] != none &&
           ((slots_[at] & ~index_mask_) != wanted || !is_same(slots_[at] & index_mask_)))
      at = (at + 1) & slot_mask();
    return at;
  }
  void resize(size_t slots, uint32_t largest_index) {
    slots_.assign(slots, none);
    index_mask_ =
        static_cast<uint32_t>(std::bit_ceil(std::max<uint64_t>(slots, uint64_t{largest_index} + 2)) - 1);
  }
  template <class Hash> void rebuild(size_t slots, uint32_t largest_index, Hash& hash_of) {
    const uint32_t mask_before = index_mask_;
    const std::vector<uint32_t> before = std::exchange(slots_, {});
    resize(slots, std::max(largest_index, largest_index_));
    const auto is_other = [](uint32_t) { return false; };
    for (const uint32_t old_slot : before) {
      if (old_slot == none) continue;
      const uint32_t index = old_slot & mask_before;
      const uint64_t hash = hash_of(index);
      slots_[slot(hash, is_other)] = tag(hash) | index;
    }
  }

  std::vector<uint32_t> slots_; // size: a power of 2
  uint32_t index_mask_ = 0;     // one less than a power of 2, which is at least the number of slots
  uint32_t largest_index_ = 0;
  size_t used_ = 0;
};

} // namespace skerry::vm
