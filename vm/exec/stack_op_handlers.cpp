// Instructions that are executed on canonical slots: operands in consecutive slots from the one @8 on,
// results in the same place. First immediate @12, second @16. They are rare or do much work, so dispatch is
// not what costs.
//
// Long ones work in pieces and are entered again for the rest, so that deadlines hold; each piece is charged
// one unit of fuel for 64 bytes or one element, as a whole the same amount in every configuration.
#include "vm/exec/activation.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/numeric_ops.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/bulk.hpp"

#include <algorithm>

namespace skerry::vm {
namespace {

constexpr uint32_t stack_op_size = 24;
constexpr uint64_t bytes_per_piece = 1 << 20; // ~50 µs
constexpr uint64_t bytes_per_fuel = 64;
constexpr uint64_t elements_per_piece = 1 << 16;

SKERRY_INLINE uint32_t first_index(const State& s) { return load_as<uint32_t>(s.pc + 12); }
SKERRY_INLINE uint32_t second_index(const State& s) { return load_as<uint32_t>(s.pc + 16); }

/// What one piece of a bulk operation did.
struct Step {
  ErrorCode code = ErrorCode::none;
  int64_t fuel = 0;
  bool done = true;
};

/// Runs F(instance, slots, first, second) until it is done, looking at the fuel after each piece.
template <Step (*F)(ModuleInstance&, uint64_t* slots, uint32_t first, uint32_t second)> SKERRY_HANDLER(bulk) {
  SKERRY_STATE
  const Step step = F(*s.instance, slot_at(s, s.pc, 8), first_index(s), second_index(s));
  if (step.code != ErrorCode::none) TRAP(step.code);
  s.fuel -= step.fuel;
  if (step.done) s.pc += stack_op_size;
  POLL;
  SKERRY_DISPATCH;
}

/// Forwards: destination, (source,) count in slots.
struct Range {
  uint64_t piece;
  bool last;
};
Range next_piece(uint64_t count, uint64_t largest) { return {std::min(count, largest), count <= largest}; }
/// Goes on behind a piece that was done from the front.
Step advance(uint64_t* slots, Range range, bool has_source, uint64_t fuel) {
  slots[0] += range.piece;
  if (has_source) slots[1] += range.piece;
  slots[2] -= range.piece;
  return {ErrorCode::none, static_cast<int64_t>(fuel), range.last};
}
/// Goes on before a piece that was done from the end.
Step retreat(uint64_t* slots, Range range, uint64_t fuel) {
  slots[2] -= range.piece;
  return {ErrorCode::none, static_cast<int64_t>(fuel), range.last};
}
bool in_bounds(uint64_t start, uint64_t count, uint64_t size) {
  return count <= size && start <= size - count;
}

Step fill_memory(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  MemoryInstance& memory = *instance.memories[index];
  if (!in_bounds(slots[0], slots[2], memory.byte_size)) return {ErrorCode::out_of_bounds_memory_access};
  const Range range = next_piece(slots[2], bytes_per_piece);
  memory_fill(memory, slots[0], static_cast<uint8_t>(slots[1]), range.piece);
  return advance(slots, range, false, range.piece / bytes_per_fuel);
}

/// Overlapping ranges whose destination is higher are copied from their end, like memmove.
Step copy_memory(ModuleInstance& instance, uint64_t* slots, uint32_t to_index, uint32_t from_index) {
  MemoryInstance& to = *instance.memories[to_index];
  const MemoryInstance& from = *instance.memories[from_index];
  const uint64_t count = slots[2];
  if (!in_bounds(slots[0], count, to.byte_size) || !in_bounds(slots[1], count, from.byte_size))
    return {ErrorCode::out_of_bounds_memory_access};
  const Range range = next_piece(count, bytes_per_piece);
  const bool backwards = &to == &from && slots[0] > slots[1];
  const uint64_t skipped = backwards ? count - range.piece : 0;
  memory_copy(to, from, slots[0] + skipped, slots[1] + skipped, range.piece);
  const uint64_t fuel = range.piece / bytes_per_fuel;
  return backwards ? retreat(slots, range, fuel) : advance(slots, range, true, fuel);
}

Step init_memory(ModuleInstance& instance, uint64_t* slots, uint32_t segment_index, uint32_t index) {
  MemoryInstance& memory = *instance.memories[index];
  const DataInstance& segment = instance.data_segments[segment_index];
  if (!in_bounds(slots[0], slots[2], memory.byte_size) || !in_bounds(slots[1], slots[2], segment.size))
    return {ErrorCode::out_of_bounds_memory_access};
  const Range range = next_piece(slots[2], bytes_per_piece);
  memory_init(memory, segment, slots[0], slots[1], range.piece);
  return advance(slots, range, true, range.piece / bytes_per_fuel);
}

Step drop_data(ModuleInstance& instance, uint64_t*, uint32_t segment, uint32_t) {
  data_drop(instance.data_segments[segment]);
  return {};
}

Step fill_table(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  TableInstance& table = *instance.tables[index];
  if (!in_bounds(slots[0], slots[2], table.size)) return {ErrorCode::out_of_bounds_table_access};
  const Range range = next_piece(slots[2], elements_per_piece);
  table_fill(table, slots[0], slots[1], range.piece);
  return advance(slots, range, false, range.piece);
}

Step copy_table(ModuleInstance& instance, uint64_t* slots, uint32_t to_index, uint32_t from_index) {
  TableInstance& to = *instance.tables[to_index];
  const TableInstance& from = *instance.tables[from_index];
  const uint64_t count = slots[2];
  if (!in_bounds(slots[0], count, to.size) || !in_bounds(slots[1], count, from.size))
    return {ErrorCode::out_of_bounds_table_access};
  const Range range = next_piece(count, elements_per_piece);
  const bool backwards = &to == &from && slots[0] > slots[1];
  const uint64_t skipped = backwards ? count - range.piece : 0;
  table_copy(to, from, slots[0] + skipped, slots[1] + skipped, range.piece);
  const uint64_t fuel = range.piece;
  return backwards ? retreat(slots, range, fuel) : advance(slots, range, true, fuel);
}

Step init_table(ModuleInstance& instance, uint64_t* slots, uint32_t segment_index, uint32_t index) {
  TableInstance& table = *instance.tables[index];
  const ElemInstance& segment = instance.elem_segments[segment_index];
  if (!in_bounds(slots[0], slots[2], table.size) || !in_bounds(slots[1], slots[2], segment.refs.size()))
    return {ErrorCode::out_of_bounds_table_access};
  const Range range = next_piece(slots[2], elements_per_piece);
  table_init(table, segment, slots[0], slots[1], range.piece);
  return advance(slots, range, true, range.piece);
}

Step drop_elem(ModuleInstance& instance, uint64_t*, uint32_t segment, uint32_t) {
  elem_drop(instance.elem_segments[segment]);
  return {};
}

/// -1 in the width of the addresses
uint64_t size_or_failure(int64_t size, const Limits& limits) {
  return limits.is_64 ? static_cast<uint64_t>(size) : static_cast<uint32_t>(size);
}

Step memory_size(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  slots[0] = instance.memories[index]->byte_size >> 16;
  return {};
}
SKERRY_COLD SKERRY_HANDLER(memory_grow_handler) {
  SKERRY_STATE
  uint64_t* slot = slot_at(s, s.pc, 8);
  MemoryInstance& memory = *s.instance->memories[first_index(s)];
  *slot = size_or_failure(grow_memory(memory, *slot), memory.type.limits);
  reload_memory(s);
  NEXT(stack_op_size);
}

Step get_table(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  const TableInstance& table = *instance.tables[index];
  if (slots[0] >= table.size) return {ErrorCode::out_of_bounds_table_access};
  slots[0] = table.elements[slots[0]];
  return {};
}
Step set_table(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  TableInstance& table = *instance.tables[index];
  if (slots[0] >= table.size) return {ErrorCode::out_of_bounds_table_access};
  table.elements[slots[0]] = slots[1];
  table.written = true;
  return {};
}
Step table_size(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  slots[0] = instance.tables[index]->size;
  return {};
}
Step table_grow(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  TableInstance& table = *instance.tables[index];
  const uint64_t count = slots[1];
  const int64_t old_size = grow_table(table, count, slots[0]);
  slots[0] = size_or_failure(old_size, table.type.limits);
  return {ErrorCode::none, old_size < 0 ? 0 : static_cast<int64_t>(count)};
}

// ---- loads and stores of other memories, with 64-bit addresses, or with offsets that need more than 32
// bits: memory @12, offset64 @16

/// Where an access lies. No sum can wrap. Out of bounds: null, and s.memory is where it would begin (at most
/// 2^64-1), as a trap has it.
template <class M> SKERRY_INLINE std::byte* access(State& s, uint64_t address) {
  const MemoryInstance& memory = *s.instance->memories[first_index(s)];
  const uint64_t offset = load_as<uint64_t>(s.pc + 16);
  const uint64_t start = saturating_add(address, offset);
  if (fits(start, sizeof(M), memory.byte_size)) return memory.base + start;
  s.memory = reinterpret_cast<std::byte*>(start);
  return nullptr;
}
template <class M, class T> SKERRY_HANDLER(general_load) {
  SKERRY_STATE
  uint64_t* slot = slot_at(s, s.pc, 8);
  const std::byte* at = access<M>(s, *slot);
  if (at == nullptr) TRAP(ErrorCode::out_of_bounds_memory_access);
  *slot = uint64_t{static_cast<T>(load_as<M>(at))};
  NEXT(stack_op_size);
}
template <class M> SKERRY_HANDLER(general_vector_load) {
  SKERRY_STATE
  uint64_t* slot = slot_at(s, s.pc, 8);
  const std::byte* at = access<M>(s, *slot);
  if (at == nullptr) TRAP(ErrorCode::out_of_bounds_memory_access);
  uint64_t result[2] = {};
  std::memcpy(result, at, sizeof(M));
  std::memcpy(slot, result, sizeof result);
  NEXT(stack_op_size);
}
template <class M> SKERRY_HANDLER(general_store) {
  SKERRY_STATE
  const uint64_t* slot = slot_at(s, s.pc, 8);
  std::byte* at = access<M>(s, *slot);
  if (at == nullptr) TRAP(ErrorCode::out_of_bounds_memory_access);
  std::memcpy(at, slot + 1, sizeof(M));
  NEXT(stack_op_size);
}

/// v128 globals; others have operations of their own.
Step get_global(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  std::memcpy(slots, instance.globals[index]->value, 16);
  return {};
}
Step set_global(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  std::memcpy(instance.globals[index]->value, slots, 16);
  return {};
}

Step ref_func(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  slots[0] = reinterpret_cast<uint64_t>(instance.functions[index]);
  return {};
}

Step ref_as_non_null(ModuleInstance&, uint64_t* slots, uint32_t, uint32_t) {
  return {slots[0] == 0 ? ErrorCode::null_reference : ErrorCode::none};
}

} // namespace

void add_stack_op_handlers(HandlerTable& table) {
  const auto row = [&table](Opcode op) -> Handler& { return table.stack_op[static_cast<size_t>(op)]; };
  row(Opcode::memory_fill) = &bulk<fill_memory>;
  row(Opcode::memory_copy) = &bulk<copy_memory>;
  row(Opcode::memory_init) = &bulk<init_memory>;
  row(Opcode::data_drop) = &bulk<drop_data>;
  row(Opcode::memory_size) = &bulk<memory_size>;
  row(Opcode::memory_grow) = &memory_grow_handler;
  row(Opcode::table_get) = &bulk<get_table>;
  row(Opcode::table_set) = &bulk<set_table>;
  row(Opcode::table_size) = &bulk<table_size>;
  row(Opcode::table_grow) = &bulk<table_grow>;
  row(Opcode::table_fill) = &bulk<fill_table>;
  row(Opcode::table_copy) = &bulk<copy_table>;
  row(Opcode::table_init) = &bulk<init_table>;
  row(Opcode::elem_drop) = &bulk<drop_elem>;
  row(Opcode::ref_func) = &bulk<ref_func>;
  row(Opcode::ref_as_non_null) = &bulk<ref_as_non_null>;
  row(Opcode::global_get) = &bulk<get_global>;
  row(Opcode::global_set) = &bulk<set_global>;

  row(Opcode::i32_load) = row(Opcode::f32_load) = row(Opcode::i64_load32_u) =
      &general_load<uint32_t, uint64_t>;
  row(Opcode::i64_load) = row(Opcode::f64_load) = &general_load<uint64_t, uint64_t>;
  row(Opcode::i32_load8_u) = row(Opcode::i64_load8_u) = &general_load<uint8_t, uint64_t>;
  row(Opcode::i32_load16_u) = row(Opcode::i64_load16_u) = &general_load<uint16_t, uint64_t>;
  row(Opcode::i32_load8_s) = &general_load<int8_t, uint32_t>;
  row(Opcode::i32_load16_s) = &general_load<int16_t, uint32_t>;
  row(Opcode::i64_load8_s) = &general_load<int8_t, uint64_t>;
  row(Opcode::i64_load16_s) = &general_load<int16_t, uint64_t>;
  row(Opcode::i64_load32_s) = &general_load<int32_t, uint64_t>;
  row(Opcode::i32_store8) = row(Opcode::i64_store8) = &general_store<uint8_t>;
  row(Opcode::i32_store16) = row(Opcode::i64_store16) = &general_store<uint16_t>;
  row(Opcode::i32_store) = row(Opcode::f32_store) = row(Opcode::i64_store32) = &general_store<uint32_t>;
  row(Opcode::i64_store) = row(Opcode::f64_store) = &general_store<uint64_t>;
  row(Opcode::v128_load) = &general_vector_load<Vector>;
  row(Opcode::v128_load32_zero) = &general_vector_load<uint32_t>;
  row(Opcode::v128_load64_zero) = &general_vector_load<uint64_t>;
  row(Opcode::v128_store) = &general_store<Vector>;
}

} // namespace skerry::vm
