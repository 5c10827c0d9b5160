#include "vm/runtime/bulk.hpp"

#include "vm/base/address.hpp"
#include "vm/runtime/budget.hpp"

#include <algorithm>
#include <cstring>

namespace skerry::vm {

namespace {

constexpr ErrorCode memory_trap = ErrorCode::out_of_bounds_memory_access;
constexpr ErrorCode table_trap = ErrorCode::out_of_bounds_table_access;

} // namespace

ErrorCode memory_fill(MemoryInstance& memory, uint64_t destination, uint8_t value, uint64_t count) noexcept {
  if (!fits(destination, count, memory.byte_size)) return memory_trap;
  std::memset(memory.base + destination, value, to_size(count));
  return ErrorCode::none;
}

ErrorCode memory_copy(MemoryInstance& to, const MemoryInstance& from, uint64_t destination, uint64_t source,
                      uint64_t count) noexcept {
  if (!fits(source, count, from.byte_size) || !fits(destination, count, to.byte_size)) return memory_trap;
  std::memmove(to.base + destination, from.base + source, to_size(count));
  return ErrorCode::none;
}

ErrorCode memory_init(MemoryInstance& memory, const DataInstance& segment, uint64_t destination,
                      uint64_t source, uint64_t count) noexcept {
  if (!fits(source, count, segment.size) || !fits(destination, count, memory.byte_size)) return memory_trap;
  if (count != 0) std::memcpy(memory.base + destination, segment.bytes + source, to_size(count));
  return ErrorCode::none;
}

void data_drop(DataInstance& segment) noexcept { segment = {}; }

ErrorCode table_fill(TableInstance& table, uint64_t destination, uint64_t value, uint64_t count) noexcept {
  if (!fits(destination, count, table.size)) return table_trap;
  table.written = true;
  std::fill_n(table.elements + destination, count, value);
  return ErrorCode::none;
}

ErrorCode table_copy(TableInstance& to, const TableInstance& from, uint64_t destination, uint64_t source,
                     uint64_t count) noexcept {
  if (!fits(source, count, from.size) || !fits(destination, count, to.size)) return table_trap;
  to.written = true;
  if (count != 0)
    std::memmove(to.elements + destination, from.elements + source, to_size(count) * sizeof(uint64_t));
  return ErrorCode::none;
}

ErrorCode table_init(TableInstance& table, const ElemInstance& segment, uint64_t destination, uint64_t source,
                     uint64_t count) noexcept {
  if (!fits(source, count, segment.refs.size()) || !fits(destination, count, table.size)) return table_trap;
  table.written = true;
  std::copy_n(segment.refs.data() + source, count, table.elements + destination);
  return ErrorCode::none;
}

void elem_drop(ElemInstance& segment) noexcept { std::vector<uint64_t>().swap(segment.refs); }

} // namespace skerry::vm
