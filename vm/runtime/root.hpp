// Roots: the store's entries for references that embedders hold (documented in skerry/ref.hpp).
#pragma once

#include "skerry/error.hpp"
#include "skerry/types.hpp"

#include <cstdint>

namespace skerry::vm {

struct Store;

/// An entry for a reference that one or more Refs share. It is in the list of its store until the last of
/// these Refs is destroyed. If the store is destroyed first, the root has no store and is in no list.
struct Root : ::skerry::detail::RootHandle {
  uint64_t bits = 0; // never null
  Store* store = nullptr;
  Root* next = nullptr;
  Root** link = nullptr; // the pointer to this root: RootList::first_, or `next` of the previous root
};

/// The roots of a store. A garbage collector visits all of them; a moving collector also updates them.
class RootList {
public:
  RootList() = default;
  RootList(const RootList&) = delete;
  RootList& operator=(const RootList&) = delete;

  void insert(Root& root) noexcept;
  static void remove(Root& root) noexcept;
  /// Removes all roots and makes their references expired.
  void expire_all() noexcept;
  /// Calls `f` with the bits of each root. `f` may change the bits.
  template <class F> void for_each(F&& f) {
    for (Root* root = first_; root != nullptr; root = root->next) f(root->bits);
  }

private:
  Root* first_ = nullptr;
};

/// Gives the engine access to the private members of Ref and Value.
struct RefAccess {
  static Root* root(const Ref& ref) noexcept { return static_cast<Root*>(ref.root_); }
  /// The root of a reference; null for numbers and vectors.
  static Root* root(const Value& value) noexcept {
    return value.type_.is_ref() ? static_cast<Root*>(value.low_.root) : nullptr;
  }
  static Ref adopt(Root* root) noexcept { return Ref(static_cast<::skerry::detail::RootHandle*>(root)); }
  /// The low slot of a value. If the value is a reference, it must be null or belong to a store that still
  /// exists.
  static uint64_t low_slot(const Value& value) noexcept {
    if (!value.type_.is_ref()) return value.low_.bits;
    const Root* held = root(value);
    return held == nullptr ? 0 : held->bits;
  }
};

/// Makes a Ref for a reference of the store; `bits` is the slot, 0 for null. Errors: limit (heap_bytes, or no
/// memory).
Result<Ref> make_ref(Store& store, uint64_t bits) noexcept;

} // namespace skerry::vm
