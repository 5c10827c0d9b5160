// Roots: the references of a store that embedders hold (documented in skerry/ref.hpp).
#pragma once

#include "skerry/error.hpp"
#include "skerry/types.hpp"

#include <cstdint>

namespace skerry::vm {

struct Store;

/// A reference that one or more Refs share. The list of its store links it until the last of them is gone.
/// A root that outlives its store has no store and is in no list.
struct Root : ::skerry::detail::RootHandle {
  uint64_t bits = 0; // never null
  Store* store = nullptr;
  Root* next = nullptr;
  Root** link = nullptr; // what points to this root: the list, or `next` of the root before
};

/// The roots of a store. A collector visits all of them, and a moving one also updates them.
class RootList {
public:
  RootList() = default;
  RootList(const RootList&) = delete;
  RootList& operator=(const RootList&) = delete;

  void insert(Root& root) noexcept;
  static void remove(Root& root) noexcept;
  /// Removes all roots and makes their references expired.
  void expire_all() noexcept;
  /// Calls `f` with the bits of each root, which it may change.
  template <class F> void for_each(F&& f) {
    for (Root* root = first_; root != nullptr; root = root->next) f(root->bits);
  }

private:
  Root* first_ = nullptr;
};

/// How the engine sees what a Ref or a Value holds.
struct RefAccess {
  static Root* root(const Ref& ref) noexcept { return static_cast<Root*>(ref.root_); }
  /// Null for numbers and vectors.
  static Root* root(const Value& value) noexcept {
    return value.type_.is_ref() ? static_cast<Root*>(value.low_.root) : nullptr;
  }
  static Ref adopt(Root* root) noexcept { return Ref(static_cast<::skerry::detail::RootHandle*>(root)); }
  /// The low slot of a value. A reference must be null or of a living store.
  static uint64_t low_slot(const Value& value) noexcept {
    if (!value.type_.is_ref()) return value.low_.bits;
    const Root* held = root(value);
    return held == nullptr ? 0 : held->bits;
  }
};

/// Makes a root for a reference of the store, or a null reference. Errors: limit (heap_bytes, no memory).
Result<Ref> make_ref(Store& store, uint64_t bits) noexcept;

} // namespace skerry::vm
