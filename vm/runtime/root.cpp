#include "vm/runtime/root.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/store.hpp"

#include <new>

namespace skerry {

void detail::drop_root(RootHandle* handle) noexcept {
  auto* root = static_cast<vm::Root*>(handle);
  if (root->store != nullptr) {
    root->store->usage.heap_bytes -= sizeof(vm::Root);
    vm::RootList::remove(*root);
  }
  delete root;
}

bool detail::is_expired(const RootHandle* root) noexcept {
  return static_cast<const vm::Root*>(root)->store == nullptr;
}

bool detail::is_same_object(const RootHandle* a, const RootHandle* b) noexcept {
  if (a == nullptr || b == nullptr) return a == b;
  const auto& x = static_cast<const vm::Root&>(*a);
  const auto& y = static_cast<const vm::Root&>(*b);
  return x.store != nullptr && x.store == y.store && x.bits == y.bits;
}

namespace vm {

void RootList::insert(Root& root) noexcept {
  root.next = first_;
  root.link = &first_;
  if (first_ != nullptr) first_->link = &root.next;
  first_ = &root;
}

void RootList::remove(Root& root) noexcept {
  *root.link = root.next;
  if (root.next != nullptr) root.next->link = root.link;
}

void RootList::expire_all() noexcept {
  while (first_ != nullptr) {
    Root& root = *first_;
    remove(root);
    root.store = nullptr;
  }
}

Result<Ref> make_ref(Store& store, uint64_t bits) noexcept {
  if (bits == 0) return Ref();
  if (!fits(store.usage.heap_bytes, sizeof(Root), store.limits.heap_bytes)) [[unlikely]]
    return catching_out_of_memory("making a reference", [&]() -> Result<Ref> {
      return fail(limit_error("heap_bytes", saturating_add(store.usage.heap_bytes, sizeof(Root)),
                              store.limits.heap_bytes));
    });
  auto* root = new (std::nothrow) Root;
  if (root == nullptr) [[unlikely]]
    return fail(Error::out_of_memory("making a reference"));
  root->bits = bits;
  root->store = &store;
  store.roots.insert(*root);
  store.usage.heap_bytes += sizeof(Root);
  return RefAccess::adopt(root);
}

} // namespace vm

} // namespace skerry
