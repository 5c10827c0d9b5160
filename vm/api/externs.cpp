// Implements Memory, Table and Global, the handles to memories, tables and globals of a store.
#include "skerry/instance.hpp"
#include "skerry/out_of_memory.hpp"
#include "vm/api/guest_bytes.hpp"
#include "vm/api/values.hpp"
#include "vm/base/address.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/linear_memory.hpp"
#include "vm/runtime/linker.hpp"
#include "vm/runtime/table.hpp"

namespace skerry {

namespace {

Error empty_handle() { return usage_error("the handle is empty"); }

Error growth_refused(std::string_view what, uint64_t size, uint64_t more) {
  return {ErrorKind::limit, ErrorCode::limit_exceeded,
          std::string(what) + " of " + std::to_string(size) + " cannot grow by " + std::to_string(more)};
}

/// The error for a memory that cannot grow by `more` pages. If the cause is a limit of the store, of a budget
/// or of the system, the message names that limit.
Error memory_growth_refused(const vm::MemoryInstance& memory, uint64_t more) {
  const vm::Store& store = *memory.store;
  const uint64_t pages = memory.byte_size / vm::wasm_page_bytes, bytes = more * vm::wasm_page_bytes;
  if (!vm::fits(pages, more, memory.max_pages)) return growth_refused("a memory", pages, more);
  if (!vm::fits(store.usage.memory_bytes, bytes, store.limits.memory_bytes))
    return vm::limit_error("memory_bytes", vm::saturating_add(store.usage.memory_bytes, bytes),
                           store.limits.memory_bytes);
  return vm::memory_refused(store, bytes);
}

Result<void> check_limits(const Limits& limits, uint64_t largest) {
  if (limits.min <= largest && (!limits.has_max || (limits.min <= limits.max && limits.max <= largest)))
    return {};
  return fail(usage_error("size minimum must not be greater than maximum"));
}

/// Makes the store keep a concrete heap type alive.
Result<void> hold_type(vm::Store& store, ValType type) {
  if (!vm::is_concrete(type)) return {};
  auto held = store.engine->types.hold(static_cast<vm::TypeId>(type.heap()));
  if (!held) return fail(std::move(held.error()));
  store.types.push_back(std::move(*held));
  return {};
}

} // namespace

// --- Memory

Result<Memory> Memory::create(Store& store, const MemoryType& type) {
  return catching_out_of_memory("making a memory", [&]() -> Result<Memory> {
    const uint64_t largest = type.limits.is_64 ? uint64_t{1} << 48 : uint64_t{1} << 16;
    if (auto ok = check_limits(type.limits, largest); !ok) return fail(std::move(ok.error()));
    auto memory = vm::allocate_memory(*store.data(), type);
    if (!memory) return fail(std::move(memory.error()));
    return Memory(*memory);
  });
}

MemoryType Memory::type() const { return data_ == nullptr ? MemoryType{} : vm::memory_type(*data_); }
uint64_t Memory::pages() const noexcept {
  return data_ == nullptr ? 0 : data_->byte_size / vm::wasm_page_bytes;
}
std::span<std::byte> Memory::bytes() const noexcept {
  return data_ == nullptr ? std::span<std::byte>{} : std::span(data_->base, vm::to_size(data_->byte_size));
}

Result<std::span<std::byte>> Memory::bytes(uint64_t offset, uint64_t length) const {
  const std::span<std::byte> all = bytes();
  if (data_ != nullptr && vm::fits(offset, length, all.size())) [[likely]]
    return all.subspan(vm::to_size(offset), vm::to_size(length));
  return catching_out_of_memory("reading a memory", [&]() -> Result<std::span<std::byte>> {
    return fail(data_ == nullptr ? empty_handle() : outside_memory("", offset, length, all.size()));
  });
}

Result<std::string> Memory::read_string(uint64_t offset, uint64_t length) const {
  return catching_out_of_memory("reading a memory", [&] { return text_of(bytes(offset, length)); });
}

Result<void> Memory::write_bytes(uint64_t offset, ByteView source) const {
  return copy_into(bytes(offset, source.size()), source);
}

Result<uint64_t> Memory::grow(uint64_t more) const {
  return catching_out_of_memory("growing a memory", [&]() -> Result<uint64_t> {
    if (data_ == nullptr) return fail(empty_handle());
    const int64_t before = vm::grow_memory(*data_, more);
    if (before < 0) return fail(memory_growth_refused(*data_, more));
    return static_cast<uint64_t>(before);
  });
}

// --- Table

Result<Table> Table::create(Store& store, const TableType& type, const Value& init) {
  return catching_out_of_memory("making a table", [&]() -> Result<Table> {
    const uint64_t largest = type.limits.is_64 ? ~uint64_t{0} : uint32_t(-1);
    if (auto ok = check_limits(type.limits, largest); !ok) return fail(std::move(ok.error()));
    if (!type.element.is_ref()) return fail(usage_error("tables hold references"));
    if (auto ok = hold_type(*store.data(), type.element); !ok) return fail(std::move(ok.error()));
    if (auto ok = check_value(*store.data(), init, type.element); !ok) return fail(std::move(ok.error()));
    auto table = vm::allocate_table(*store.data(), type, vm::RefAccess::low_slot(init));
    if (!table) return fail(std::move(table.error()));
    return Table(*table);
  });
}

TableType Table::type() const { return data_ == nullptr ? TableType{} : vm::table_type(*data_); }
uint64_t Table::size() const noexcept { return data_ == nullptr ? 0 : data_->size; }

Result<Value> Table::get(uint64_t index) const {
  if (index >= size()) return fail(Error::trap(ErrorCode::out_of_bounds_table_access));
  return value_of(*data_->store, data_->type.element, &data_->elements[index]);
}

Result<void> Table::set(uint64_t index, const Value& value) const {
  return catching_out_of_memory("setting an element", [&]() -> Result<void> {
    if (index >= size()) return fail(Error::trap(ErrorCode::out_of_bounds_table_access));
    if (auto ok = check_value(*data_->store, value, data_->type.element); !ok) return ok;
    data_->elements[index] = vm::RefAccess::low_slot(value);
    data_->written = true;
    return {};
  });
}

Result<uint64_t> Table::grow(uint64_t elements, const Value& init) const {
  return catching_out_of_memory("growing a table", [&]() -> Result<uint64_t> {
    if (data_ == nullptr) return fail(empty_handle());
    if (auto ok = check_value(*data_->store, init, data_->type.element); !ok)
      return fail(std::move(ok.error()));
    const int64_t before = vm::grow_table(*data_, elements, vm::RefAccess::low_slot(init));
    if (before < 0) return fail(growth_refused("a table", size(), elements));
    return static_cast<uint64_t>(before);
  });
}

// --- Global

Result<Global> Global::create(Store& store, const GlobalType& type, const Value& value) {
  return catching_out_of_memory("making a global", [&]() -> Result<Global> {
    if (auto ok = hold_type(*store.data(), type.value); !ok) return fail(std::move(ok.error()));
    if (auto ok = check_value(*store.data(), value, type.value); !ok) return fail(std::move(ok.error()));
    auto global = std::make_unique<vm::GlobalInstance>();
    global->type = type;
    global->store = store.data();
    global->value[0] = vm::RefAccess::low_slot(value), global->value[1] = value.hi();
    return Global(store.data()->globals.emplace_back(std::move(global)).get());
  });
}

GlobalType Global::type() const { return data_ == nullptr ? GlobalType{} : data_->type; }

Result<Value> Global::get() const {
  return catching_out_of_memory("reading a global", [&]() -> Result<Value> {
    if (data_ == nullptr) return fail(empty_handle());
    return value_of(*data_->store, data_->type.value, data_->value);
  });
}

Result<void> Global::set(const Value& value) const {
  return catching_out_of_memory("setting a global", [&]() -> Result<void> {
    if (data_ == nullptr) return fail(empty_handle());
    if (!data_->type.is_mutable) return fail(usage_error("the global is immutable"));
    if (auto ok = check_value(*data_->store, value, data_->type.value); !ok) return ok;
    data_->value[0] = vm::RefAccess::low_slot(value), data_->value[1] = value.hi();
    return {};
  });
}

} // namespace skerry
