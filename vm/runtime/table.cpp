#include "vm/runtime/table.hpp"

#include "vm/runtime/address_space.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/linear_memory.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

/// What table.grow can return in an i32, and what fits the address space.
constexpr uint64_t largest_table = uint64_t{1} << 32;

uint64_t largest_size(const Store& store, const Limits& limits) {
  uint64_t elements = std::min(store.limits.table_elements, largest_table - 1);
  return limits.has_max ? std::min(elements, limits.max) : elements;
}

/// Room for `size` elements at least; what is new is null.
bool reserve(TableInstance& table, uint64_t size) {
  if (size <= table.capacity) return true;
  const uint64_t capacity = std::min(std::max(size, table.capacity * 2), std::max(size, table.max_elements));
  constexpr uint64_t large = 1 << 17; // elements: 1 MiB
  if (capacity >= large && !may_take(capacity * sizeof(uint64_t))) return false;
  auto* elements = static_cast<uint64_t*>(std::calloc(capacity, sizeof(uint64_t)));
  if (elements == nullptr) return false;
  std::copy_n(table.elements, table.size, elements);
  std::free(table.elements);
  table.elements = elements;
  table.capacity = capacity;
  return true;
}

bool add_elements(TableInstance& table, uint64_t count, uint64_t init) {
  const uint64_t bytes = count * sizeof(uint64_t);
  if (!table.store->take_budget(bytes)) return false;
  if (!reserve(table, table.size + count)) {
    table.store->give_back_budget(bytes);
    return false;
  }
  if (init != 0) std::fill_n(table.elements + table.size, count, init);
  table.size += count;
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

} // namespace

Result<TableInstance*> allocate_table(Store& store, const TableType& type, uint64_t init) {
  const uint64_t size = type.limits.min;
  if (auto ok = check_elements(store, size); !ok) return fail(std::move(ok.error()));
  auto table = std::make_unique<TableInstance>();
  table->type = type;
  table->store = &store;
  table->max_elements = largest_size(store, type.limits);
  if (!add_elements(*table, size, init))
    return fail(memory_refused(store, size * sizeof(uint64_t), "a table"));
  return store.tables.emplace_back(std::move(table)).get();
}

int64_t grow_table(TableInstance& table, uint64_t elements, uint64_t init) {
  const uint64_t old_size = table.size;
  const Store& store = *table.store;
  if (!fits(old_size, elements, table.max_elements)) return -1;
  if (!fits(store.usage.table_elements, elements, store.limits.table_elements)) return -1;
  return add_elements(table, elements, init) ? static_cast<int64_t>(old_size) : -1;
}

} // namespace skerry::vm
