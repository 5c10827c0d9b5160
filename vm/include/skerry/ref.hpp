// Ref: a reference to an object of a store, as embedders hold it.
#pragma once

#include <cstddef>
#include <utility>

namespace skerry {

namespace vm {
struct RefAccess;
}

namespace detail {

/// What the copies of a Ref share: an entry in their store's list of roots. The last copy frees it.
struct RootHandle {
  size_t handles = 1;
};
void drop_root(RootHandle* handle) noexcept;
bool is_expired(const RootHandle* root) noexcept;
bool is_same_object(const RootHandle* a, const RootHandle* b) noexcept;

/// Counts a handle more, or less. Null is allowed.
inline void keep_root(RootHandle* root) noexcept {
  if (root != nullptr) ++root->handles;
}
inline void release_root(RootHandle* root) noexcept {
  if (root != nullptr && --root->handles == 0) drop_root(root);
}

} // namespace detail

/// A reference: null, or a handle that keeps an object of a store alive. Copies share one entry in the
/// store's list of roots, which counts 40 bytes against StoreLimits::heap_bytes until the last copy is gone.
/// References may be copied, kept and dropped at any time, even after their store is destroyed; they are then
/// expired, and using one is a usage error. The size of a pointer. All references of a store belong to one
/// thread at a time, that of the store; so do copies of an expired one.
class Ref {
public:
  /// The null reference.
  Ref() noexcept = default;
  Ref(const Ref& other) noexcept : root_(other.root_) { detail::keep_root(root_); }
  /// Leaves null in `other`.
  Ref(Ref&& other) noexcept : root_(std::exchange(other.root_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(root_, other.root_);
    return *this;
  }
  ~Ref() { detail::release_root(root_); }

  /// Returns whether it is the null reference.
  bool is_null() const noexcept { return root_ == nullptr; }
  /// Returns whether its store was destroyed.
  bool is_expired() const noexcept { return root_ != nullptr && detail::is_expired(root_); }
  /// Returns whether both are null or refer to the same object. An expired reference is equal only to its
  /// copies.
  friend bool operator==(const Ref& a, const Ref& b) noexcept {
    return a.root_ == b.root_ || detail::is_same_object(a.root_, b.root_);
  }

private:
  friend class Value;
  friend struct vm::RefAccess;
  /// Takes over one count of `root`.
  explicit Ref(detail::RootHandle* root) noexcept : root_(root) {}

  detail::RootHandle* root_ = nullptr;
};

} // namespace skerry
