// Bulk instructions on memories, tables and segments (spec §4.6). Each function checks all bounds before it
// writes anything. It returns the code of the trap, or ErrorCode::none. Operands are zero-extended to 64
// bits.
#pragma once

#include "skerry/error.hpp"
#include "vm/runtime/instance.hpp"

namespace skerry::vm {

ErrorCode memory_fill(MemoryInstance& memory, uint64_t destination, uint8_t value, uint64_t count) noexcept;
ErrorCode memory_copy(MemoryInstance& to, const MemoryInstance& from, uint64_t destination, uint64_t source,
                      uint64_t count) noexcept;
ErrorCode memory_init(MemoryInstance& memory, const DataInstance& segment, uint64_t destination,
                      uint64_t source, uint64_t count) noexcept;
void data_drop(DataInstance& segment) noexcept;

ErrorCode table_fill(TableInstance& table, uint64_t destination, uint64_t value, uint64_t count) noexcept;
ErrorCode table_copy(TableInstance& to, const TableInstance& from, uint64_t destination, uint64_t source,
                     uint64_t count) noexcept;
ErrorCode table_init(TableInstance& table, const ElemInstance& segment, uint64_t destination, uint64_t source,
                     uint64_t count) noexcept;
void elem_drop(ElemInstance& segment) noexcept;

} // namespace skerry::vm
