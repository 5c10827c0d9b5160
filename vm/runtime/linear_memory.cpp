#include "vm/runtime/linear_memory.hpp"

#include "vm/base/address.hpp"
#include "vm/runtime/address_space.hpp"
#include "vm/runtime/budget.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

constexpr uint64_t memory32_pages = 65'536;
/// The smallest reservation. With it, a memory of one page can grow to four pages before it may have to move.
constexpr uint64_t least_reserved_bytes = 4 * wasm_page_bytes;
/// The most that is reserved in addition to a memory's size: 1/512 of the address space of processors with
/// 39-bit addresses. Even a memory of many GiB then moves only once for each GiB that it grows.
constexpr uint64_t most_headroom_bytes = uint64_t{1} << 30;

/// The most pages that the memory can ever have: the type's maximum, or fewer if the store allows fewer.
uint64_t largest_pages(const Store& store, const Limits& limits) {
  uint64_t pages = store.limits.memory_bytes / wasm_page_bytes;
  if (!limits.is_64) pages = std::min(pages, memory32_pages);
  return limits.has_max ? std::min(pages, limits.max) : pages;
}

/// The bytes to reserve for a memory of `bytes` bytes. The reservation is about twice as large as the memory,
/// so that growth in small steps seldom moves the memory. It is never larger than the memory can become. If
/// the process has little address space, only `bytes` are reserved.
uint64_t with_headroom(const MemoryInstance& memory, uint64_t bytes) {
  const uint64_t largest = std::max(memory.max_pages, uint64_t{1}) * wasm_page_bytes;
  const uint64_t more = std::clamp(bytes, least_reserved_bytes - wasm_page_bytes, most_headroom_bytes);
  const uint64_t wanted = std::min(saturating_add(bytes, more), largest);
  return wanted > bytes && has_headroom(wanted) ? wanted : bytes;
}

/// Calls `take` with the number of bytes to reserve, including headroom for growth. If `take` returns false,
/// calls it again with `bytes`, without headroom.
template <class F> bool reserve(const MemoryInstance& memory, uint64_t bytes, F&& take) {
  const uint64_t wanted = with_headroom(memory, bytes);
  return take(wanted) || (wanted > bytes && take(bytes));
}

void use_pages(MemoryInstance& memory, std::byte* base, uint64_t bytes, uint64_t front_bytes) {
  memory.base = base;
  memory.reserved_bytes = bytes;
  memory.front_bytes = front_bytes;
}

/// Moves the memory to new pages. The front, which consists of mapped pages of an image, is copied instead of
/// moved: it would need a second move, which could fail after the first has succeeded. Because the copied
/// front is not mapped from the image, the memory has no image until the next restore maps the image again.
bool move_elsewhere(MemoryInstance& memory, uint64_t bytes) {
  const uint64_t front = memory.front_bytes, rest = memory.reserved_bytes - front;
  std::byte* to = map_pages(bytes);
  if (to == nullptr) return false;
  if (rest > 0 && !move_pages(memory.base + front, rest, to + front, bytes - front)) {
    if (front > 0) release_pages(to, front);
    return false;
  }
  if (front > 0) {
    copy_pages(to, {memory.base, to_size(front)});
    release_pages(memory.base, front);
    memory.image = nullptr;
  }
  use_pages(memory, to, bytes, front);
  return true;
}

bool enlarge(MemoryInstance& memory, uint64_t bytes) {
  const uint64_t front = memory.front_bytes, old_bytes = memory.reserved_bytes;
  if (front > 0) {
    if (front == old_bytes || !extend_pages(memory.base + front, old_bytes - front, bytes - front))
      return move_elsewhere(memory, bytes);
    memory.reserved_bytes = bytes;
    return true;
  }
  // A small reservation never uses huge pages (use_small_pages). When a memory becomes large, it is therefore
  // copied once to new pages, which can be huge.
  if (old_bytes < huge_page_bytes && bytes >= huge_page_bytes && has_automatic_huge_pages())
    return copy_elsewhere(memory, bytes);
  std::byte* base = remap_pages(memory.base, old_bytes, bytes);
  return base != nullptr && (use_pages(memory, base, bytes, 0), true);
}

/// Makes room for `bytes` bytes in total. The memory may move.
bool make_room(MemoryInstance& memory, uint64_t bytes) {
  if (memory.store->engine->config.move_stack) // for tests: exposes code that keeps an old address
    return move_elsewhere(memory, std::max(bytes, memory.reserved_bytes));
  if (bytes <= memory.reserved_bytes) return true;
  return reserve(memory, bytes, [&](uint64_t wanted) { return enlarge(memory, wanted); });
}

/// Adds pages at the end of the memory, or changes nothing. The new pages are zero, because they were never
/// written or were reset when an image was restored.
bool add_pages(MemoryInstance& memory, uint64_t pages) {
  const uint64_t bytes = pages * wasm_page_bytes;
  StoreUsage& usage = memory.store->usage;
  if (!memory.store->take_budget(bytes)) return false;
  if (bytes > 0 && !make_room(memory, memory.byte_size + bytes)) {
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

} // namespace

bool copy_elsewhere(MemoryInstance& memory, uint64_t bytes) {
  std::byte* to = map_pages(bytes);
  if (to == nullptr) return false;
  copy_pages(to, {memory.base, to_size(memory.byte_size)});
  release_pages(memory.base, memory.reserved_bytes);
  use_pages(memory, to, bytes, 0);
  return true;
}

bool reserve_memory(MemoryInstance& memory, uint64_t bytes) {
  return reserve(memory, bytes, [&](uint64_t wanted) {
    std::byte* base = map_pages(wanted);
    if (base == nullptr) return false;
    release_pages(memory.base, memory.reserved_bytes);
    use_pages(memory, base, wanted, 0);
    return true;
  });
}

Error memory_refused(const Store& store, uint64_t bytes, std::string_view purpose) {
  if (store.budget && !fits(store.budget->used(), bytes, store.budget->allowed()))
    return limit_error("budget_bytes", *store.budget, bytes);
  return address_space_refused(bytes, purpose);
}

MemoryInstance::~MemoryInstance() { release_pages(base, reserved_bytes); }

Result<MemoryInstance*> allocate_memory(Store& store, const MemoryType& type) {
  const uint64_t pages = type.limits.min;
  if (auto ok = check_pages(store, pages); !ok) return fail(std::move(ok.error()));
  auto memory = std::make_unique<MemoryInstance>();
  memory->type = type;
  memory->store = &store;
  memory->max_pages = largest_pages(store, type.limits);
  // A memory without pages also gets an address, so that `base` is never null.
  const uint64_t bytes = std::max(pages, uint64_t{1}) * wasm_page_bytes;
  MemoryInstance& added = *store.memories.emplace_back(std::move(memory));
  if (reserve_memory(added, bytes) && add_pages(added, pages)) return &added;
  store.memories.pop_back();
  return fail(memory_refused(store, bytes));
}

int64_t grow_memory(MemoryInstance& memory, uint64_t pages) noexcept {
  const uint64_t old_pages = memory.byte_size / wasm_page_bytes;
  const Store& store = *memory.store;
  if (!fits(old_pages, pages, memory.max_pages)) return -1;
  if (!fits(store.usage.memory_bytes, pages * wasm_page_bytes, store.limits.memory_bytes)) return -1;
  return add_pages(memory, pages) ? static_cast<int64_t>(old_pages) : -1;
}

} // namespace skerry::vm
