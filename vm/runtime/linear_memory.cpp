#include "vm/runtime/linear_memory.hpp"

#include "vm/runtime/address_space.hpp"
#include "vm/runtime/budget.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

constexpr uint64_t memory32_pages = 65'536;

/// The largest size the memory could ever get: its type's, unless the store allows less.
uint64_t largest_pages(const Store& store, const Limits& limits) {
  uint64_t pages = store.limits.memory_bytes / wasm_page_bytes;
  if (!limits.is_64) pages = std::min(pages, memory32_pages);
  return limits.has_max ? std::min(pages, limits.max) : pages;
}

/// Address space for `largest` bytes, or less where the process may not have so much, but `smallest` at
/// least.
bool reserve(MemoryInstance& memory, uint64_t smallest, uint64_t largest) {
  for (uint64_t bytes = largest; bytes >= smallest; bytes = round_up_to_page(bytes / 2)) {
    memory.base = reserve_pages(bytes);
    if (memory.base != nullptr) return memory.reserved_bytes = bytes, true;
    if (bytes <= wasm_page_bytes) break;
  }
  return false;
}

/// Makes pages usable behind the current ones, or changes nothing.
bool add_pages(MemoryInstance& memory, uint64_t pages) {
  const uint64_t bytes = pages * wasm_page_bytes;
  StoreUsage& usage = memory.store->usage;
  if (bytes > memory.reserved_bytes - memory.byte_size) return false;
  if (!memory.store->take_budget(bytes)) return false;
  if (!commit_pages(memory.base + memory.byte_size, bytes)) {
    memory.store->give_back_budget(bytes);
    return false;
  }
  memory.byte_size += bytes;
  usage.memory_bytes += bytes;
  usage.peak_memory_bytes = std::max(usage.peak_memory_bytes, usage.memory_bytes);
  return true;
}

Result<void> check_pages(const Store& store, uint64_t pages) {
  if (store.memories.size() >= store.limits.memories)
    return fail(limit_error("memories", store.memories.size() + 1, store.limits.memories));
  const uint64_t used = store.usage.memory_bytes, allowed = store.limits.memory_bytes;
  const uint64_t bytes = pages > ~uint64_t{0} / wasm_page_bytes ? ~uint64_t{0} : pages * wasm_page_bytes;
  if (!fits(used, bytes, allowed))
    return fail(limit_error("memory_bytes", saturating_add(used, bytes), allowed));
  return {};
}

Error no_address_space(const Store& store, uint64_t bytes) {
  if (store.budget && !fits(store.budget->used(), bytes, store.budget->allowed()))
    return limit_error("budget_bytes", saturating_add(store.budget->used(), bytes), store.budget->allowed());
  return {ErrorKind::limit, ErrorCode::limit_exceeded,
          "the system refuses " + std::to_string(bytes) + " bytes for a memory"};
}

} // namespace

MemoryInstance::~MemoryInstance() { release_pages(base, reserved_bytes); }

Result<MemoryInstance*> allocate_memory(Store& store, const MemoryType& type) {
  const uint64_t pages = type.limits.min;
  if (auto ok = check_pages(store, pages); !ok) return fail(std::move(ok.error()));
  auto memory = std::make_unique<MemoryInstance>();
  memory->type = type;
  memory->store = &store;
  memory->max_pages = largest_pages(store, type.limits);
  // Also a memory that can never grow from zero has an address, so that base is never null.
  const uint64_t largest = std::max(memory->max_pages, uint64_t{1}) * wasm_page_bytes;
  const uint64_t smallest = std::max(pages, uint64_t{1}) * wasm_page_bytes;
  MemoryInstance& added = *store.memories.emplace_back(std::move(memory));
  if (reserve(added, smallest, largest) && add_pages(added, pages)) return &added;
  store.memories.pop_back();
  return fail(no_address_space(store, smallest));
}

int64_t grow_memory(MemoryInstance& memory, uint64_t pages) noexcept {
  const uint64_t old_pages = memory.byte_size / wasm_page_bytes;
  const Store& store = *memory.store;
  if (!fits(old_pages, pages, memory.max_pages)) return -1;
  if (!fits(store.usage.memory_bytes, pages * wasm_page_bytes, store.limits.memory_bytes)) return -1;
  return add_pages(memory, pages) ? static_cast<int64_t>(old_pages) : -1;
}

} // namespace skerry::vm
