// The value stack, which holds the frames of wasm functions. Its address space is mapped at once; the kernel
// provides memory for a page when the page is first touched.
#include "vm/runtime/address_space.hpp"
#include "vm/runtime/store.hpp"

#include <algorithm>
#include <cstring>

namespace skerry::vm {

namespace {

/// How many bytes of guard pages follow the stack and its red zone (ValueStack::red_zone_bytes). Guard pages
/// are never accessible, so that an error in the interpreter cannot reach other memory.
constexpr uint64_t guard_bytes = 65'536;

std::byte* map_stack(uint64_t bytes) {
  std::byte* base = map_pages(bytes + guard_bytes);
  if (base == nullptr) return nullptr;
  if (guard_pages(base + bytes, guard_bytes)) return base;
  release_pages(base, bytes + guard_bytes);
  return nullptr;
}

void use_stack(Store& store, std::byte* base, uint64_t bytes) {
  store.stack.base = base;
  store.stack.bytes = bytes;
  for (auto& instance : store.instances) instance->stack_limit = store.stack.limit();
}

uint64_t* shifted(uint64_t* slot, ptrdiff_t bytes) { return slot == nullptr ? nullptr : slot + bytes / 8; }

} // namespace

Result<void> ensure_stack(Store& store) {
  if (store.stack.base != nullptr) return {};
  const uint64_t bytes = round_up_to_page(store.limits.stack_bytes) + ValueStack::red_zone_bytes;
  std::byte* base = bytes < store.limits.stack_bytes ? nullptr : map_stack(bytes);
  if (base == nullptr) return fail(address_space_refused(bytes, "the value stack"));
  use_stack(store, base, bytes);
  return {};
}

void release_stack(Store& store) {
  release_pages(store.stack.base, store.stack.bytes + guard_bytes);
  store.stack = {};
}

ptrdiff_t move_stack(Store& store) {
  const ValueStack old = store.stack;
  std::byte* base = old.base == nullptr ? nullptr : map_stack(old.bytes);
  if (base == nullptr) return 0;
  const std::byte* used_end = reinterpret_cast<std::byte*>(store.run.free);
  if (used_end != nullptr) std::memcpy(base, old.base, static_cast<size_t>(used_end - old.base));
  // Both addresses are multiples of a page, so the difference is a multiple of a slot.
  const ptrdiff_t distance = reinterpret_cast<intptr_t>(base) - reinterpret_cast<intptr_t>(old.base);
  store.run.frame = shifted(store.run.frame, distance);
  store.run.free = shifted(store.run.free, distance);
  release_stack(store); // accesses to the old address now fault
  use_stack(store, base, old.bytes);
  return distance;
}

} // namespace skerry::vm
