// Ref: an embedder's reference to an object of a store.
#pragma once

#include "skerry/cxx20.hpp"

#include <cstddef>
#include <utility>

namespace skerry {

namespace vm {
struct RefAccess;
}

namespace detail {

/// An entry in a store's list of roots. This struct has only the member that this header needs;
/// vm/runtime/root.hpp adds the others. The entry keeps an object alive for the embedder. All copies of a Ref
/// share one entry; the last copy to be destroyed frees the entry.
struct RootHandle {
  size_t handles = 1;
};
void drop_root(RootHandle* handle) noexcept;
bool is_expired(const RootHandle* root) noexcept;
bool is_same_object(const RootHandle* a, const RootHandle* b) noexcept;

/// Adds one to the count of a root's handles, or subtracts one. Null is allowed.
inline void keep_root(RootHandle* root) noexcept {
  if (root != nullptr) ++root->handles;
}
inline void release_root(RootHandle* root) noexcept {
  if (root != nullptr && --root->handles == 0) drop_root(root);
}

} // namespace detail

/// A reference: null, or a handle that keeps an object of a store alive. Copies share one entry in the
/// store's list of roots, which counts 40 bytes against StoreLimits::heap_bytes until the last copy is
/// destroyed. A Ref has the size of a pointer. A reference may be copied, kept and dropped at any time, even
/// after its store is destroyed. A reference whose store is destroyed is expired; using an expired reference
/// is a usage error. While the store exists, all its references must be used on the store's thread. All
/// copies of an expired reference must be used by one thread at a time.
class Ref {
public:
  /// The null reference.
  Ref() noexcept = default;
  Ref(const Ref& other) noexcept : root_(other.root_) { detail::keep_root(root_); }
  /// Takes the reference. `other` becomes null.
  Ref(Ref&& other) noexcept : root_(std::exchange(other.root_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(root_, other.root_);
    return *this;
  }
  ~Ref() { detail::release_root(root_); }

  /// Returns whether this is the null reference.
  bool is_null() const noexcept { return root_ == nullptr; }
  /// Returns whether the reference's store was destroyed.
  bool is_expired() const noexcept { return root_ != nullptr && detail::is_expired(root_); }
  /// Returns whether both references are null or refer to the same object. An expired reference is equal only
  /// to its copies.
  friend bool operator==(const Ref& a, const Ref& b) noexcept {
    return a.root_ == b.root_ || detail::is_same_object(a.root_, b.root_);
  }

private:
  friend class Value;
  friend struct vm::RefAccess;
  /// Takes ownership of one count of `root`.
  explicit Ref(detail::RootHandle* root) noexcept : root_(root) {}

  detail::RootHandle* root_ = nullptr;
};

} // namespace skerry
