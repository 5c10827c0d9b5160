#include "vm/runtime/table.hpp"

#include "vm/base/address.hpp"
#include "vm/runtime/address_space.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/linear_memory.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

/// 2^32 elements: more than table.grow can return in an i32.
constexpr uint64_t largest_table = uint64_t{1} << 32;

uint64_t largest_size(const Store& store, const Limits& limits) {
  uint64_t elements = std::min(store.limits.table_elements, largest_table - 1);
  return limits.has_max ? std::min(elements, limits.max) : elements;
}

/// Divides `count` elements into consecutive pieces, and calls work(first, size) for each piece. A piece
/// takes less than a millisecond. Unless `stop` is null, checks between two pieces whether the guest's call
/// must end. If it must, returns false and stores the reason in *stop.
template <class Work> bool in_pieces(const Store& store, uint64_t count, ErrorCode* stop, Work work) {
  constexpr uint64_t piece = 1 << 16;
  for (uint64_t done = 0; done < count; done += piece) {
    work(done, std::min(piece, count - done));
    if (stop == nullptr || count - done <= piece) continue;
    *stop = look(store);
    if (*stop != ErrorCode::none) return false;
  }
  return true;
}

/// The number of elements that takes all addresses of the machine. Sizes in bytes of fewer elements do not
/// wrap.
constexpr uint64_t most_elements = SIZE_MAX / sizeof(uint64_t);

/// Makes room for at least `size` elements, at most most_elements. Elements between the table's size and its
/// capacity are null, except the first table.dirty of them, which a stopped growth may have written.
bool reserve(TableInstance& table, uint64_t size, ErrorCode* stop) {
  if (size <= table.capacity) return true;
  const uint64_t capacity =
      std::min({std::max(size, table.capacity * 2), std::max(size, table.max_elements), most_elements});
  constexpr uint64_t large = 1 << 17; // a number of elements that takes 1 MiB
  if (capacity >= large && !may_take(capacity * sizeof(uint64_t))) return false;
  auto* elements = static_cast<uint64_t*>(std::calloc(to_size(capacity), sizeof(uint64_t)));
  if (elements == nullptr) return false;
  const bool copied = in_pieces(*table.store, table.size, stop, [&](uint64_t first, uint64_t count) {
    std::copy_n(table.elements + first, count, elements + first);
  });
  std::free(copied ? table.elements : elements);
  if (!copied) return false;
  table.elements = elements;
  table.capacity = capacity;
  table.dirty = 0;
  return true;
}

/// Sets the `count` elements after the current end to `init`.
bool set_new(TableInstance& table, uint64_t count, uint64_t init, ErrorCode* stop) {
  uint64_t* added = table.elements + table.size;
  return in_pieces(*table.store, init != 0 ? count : std::min(count, table.dirty), stop,
                   [&](uint64_t first, uint64_t piece) {
                     std::fill_n(added + first, piece, init);
                     table.dirty = std::max(table.dirty, first + piece);
                   });
}

bool add_elements(TableInstance& table, uint64_t count, uint64_t init, ErrorCode* stop = nullptr) {
  if (count > most_elements - table.size) return false;
  const uint64_t bytes = count * sizeof(uint64_t);
  if (!table.store->take_budget(bytes)) return false;
  if (!reserve(table, table.size + count, stop) || !set_new(table, count, init, stop)) {
    table.store->give_back_budget(bytes);
    return false;
  }
  table.size += count;
  table.dirty -= std::min(table.dirty, count);
  table.written = true;
  table.store->usage.table_elements += count;
  return true;
}

Result<void> check_elements(const Store& store, uint64_t elements) {
  if (store.tables.size() >= store.limits.tables)
    return fail(limit_error("tables", store.tables.size() + 1, store.limits.tables));
  const uint64_t used = store.usage.table_elements, allowed = store.limits.table_elements;
  if (!fits(used, elements, allowed))
    return fail(limit_error("table_elements", saturating_add(used, elements), allowed));
  return {};
}

Error no_elements(const Store& store, uint64_t elements, ErrorCode stop) {
  if (stop != ErrorCode::none) return Error::trap(stop);
  return memory_refused(store, std::min(elements, most_elements) * sizeof(uint64_t), "a table");
}

} // namespace

Result<TableInstance*> allocate_table(Store& store, const TableType& type, uint64_t init) {
  const uint64_t size = type.limits.min;
  if (auto ok = check_elements(store, size); !ok) return fail(std::move(ok.error()));
  auto table = std::make_unique<TableInstance>();
  table->type = type;
  table->store = &store;
  table->max_elements = largest_size(store, type.limits);
  ErrorCode stop = ErrorCode::none;
  TableInstance& added = *store.tables.emplace_back(std::move(table));
  if (add_elements(added, size, init, &stop)) return &added;
  store.tables.pop_back();
  return fail(no_elements(store, size, stop));
}

bool table_may_grow(const TableInstance& table, uint64_t elements) noexcept {
  const Store& store = *table.store;
  return fits(table.size, elements, table.max_elements) &&
         fits(store.usage.table_elements, elements, store.limits.table_elements);
}

int64_t grow_table(TableInstance& table, uint64_t elements, uint64_t init, ErrorCode* stop) noexcept {
  const uint64_t old_size = table.size;
  if (!table_may_grow(table, elements)) return -1;
  return add_elements(table, elements, init, stop) ? static_cast<int64_t>(old_size) : -1;
}

} // namespace skerry::vm
