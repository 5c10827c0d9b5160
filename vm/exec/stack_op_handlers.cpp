// The handlers of instructions whose operands are in consecutive slots, and whose results replace the
// operands (layout::StackOp). These instructions are rare or do much work, so dispatch is a small part of
// their cost.
//
// A bulk operation pays its fuel before it works: the instructions executed since the last charge, and one
// unit for each 64 bytes or each element. A long operation works in pieces. Its handler runs once for each
// piece, so the deadline is checked between pieces. A piece begins only if there is enough fuel for it. The
// pieces and their prices do not depend on the configuration.
#include "vm/base/address.hpp"
#include "vm/exec/activation.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/numeric_ops.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/bulk.hpp"

#include <algorithm>

namespace skerry::vm {
namespace {

constexpr uint64_t bytes_per_piece = 1 << 20; // ~50 µs
constexpr uint64_t bytes_per_fuel = 64;
constexpr uint64_t elements_per_piece = 1 << 16;

SKERRY_INLINE const layout::StackOp& stack_op(const State& s) { return layout::at<layout::StackOp>(s.pc); }
SKERRY_INLINE uint64_t* slots_of(const State& s) { return slot_at(s, stack_op(s).first); }
SKERRY_INLINE uint32_t first_index(const State& s) { return stack_op(s).index; }
SKERRY_INLINE uint32_t second_index(const State& s) { return static_cast<uint32_t>(stack_op(s).second); }

/// Runs F(instance, slots, first, second), a function that takes little time.
template <ErrorCode (*F)(ModuleInstance&, uint64_t* slots, uint32_t first, uint32_t second)>
SKERRY_HANDLER(small) {
  SKERRY_STATE
  if (const ErrorCode code = F(*s.instance, slots_of(s), first_index(s), second_index(s));
      code != ErrorCode::none)
    TRAP(code);
  NEXT(sizeof(layout::StackOp));
}

/// The input of a bulk operation: its immediates and slots, and the most fuel that its next piece may cost.
/// It is passed by value, because a handler whose locals have addresses could not end in a sibling call.
struct Bulk {
  ModuleInstance& instance;
  uint64_t* slots;
  uint32_t first, second;
  int64_t fuel;
};
/// The outcome of one piece: a trap code, or none and the price in fuel. `began` is false if there was not
/// enough fuel for the piece, which then did nothing. `done` is true after the last piece.
struct Step {
  ErrorCode code = ErrorCode::none;
  int64_t fuel = 0;
  bool began = true;
  bool done = true;
};

/// Runs F, which executes one piece, and repeats the instruction until F is done.
template <Step (*F)(Bulk)> SKERRY_HANDLER(bulk) {
  SKERRY_STATE
  const int64_t owed = stack_op(s).charge.fuel;
  const Step step = F({*s.instance, slots_of(s), first_index(s), second_index(s), s.fuel - owed});
  if (step.code != ErrorCode::none) TRAP(step.code);
  if (!step.began) {
    s.memory_size = static_cast<uint64_t>(owed + step.fuel);
    SKERRY_TAIL(fuel_short_handler);
  }
  s.fuel -= step.fuel;
  if (step.done) {
    s.fuel -= owed;
    s.pc += sizeof(layout::StackOp);
  } else {
    shorten_slice(s, s.fuel); // forces a check before each piece: the first access to a page takes long
  }
  SKERRY_DISPATCH;
}

/// The size of the next piece, and whether it is the last piece. The three slots of a bulk operation hold the
/// destination, the source (or the value to fill with), and the count.
struct Range {
  uint64_t piece;
  bool last;
};
Range next_piece(uint64_t count, uint64_t largest) { return {std::min(count, largest), count <= largest}; }
int64_t price_of_bytes(Range range) { return static_cast<int64_t>(range.piece / bytes_per_fuel); }
int64_t price_of_elements(Range range) { return static_cast<int64_t>(range.piece); }
/// The outcome of a piece that does not begin, because the piece costs `fuel` and the call has less.
Step too_dear(int64_t fuel) { return {.fuel = fuel, .began = false, .done = false}; }
/// Moves the slots past a piece that was at the start of the range.
Step advance(uint64_t* slots, Range range, bool has_source, int64_t fuel) {
  slots[0] += range.piece;
  if (has_source) slots[1] += range.piece;
  slots[2] -= range.piece;
  return {.fuel = fuel, .done = range.last};
}
/// Shortens the range by a piece that was at its end.
Step retreat(uint64_t* slots, Range range, int64_t fuel) {
  slots[2] -= range.piece;
  return {.fuel = fuel, .done = range.last};
}
bool in_bounds(uint64_t start, uint64_t count, uint64_t size) {
  return count <= size && start <= size - count;
}

Step fill_memory(Bulk op) {
  MemoryInstance& memory = *op.instance.memories[op.first];
  uint64_t* slots = op.slots;
  if (!in_bounds(slots[0], slots[2], memory.byte_size)) return {ErrorCode::out_of_bounds_memory_access};
  const Range range = next_piece(slots[2], bytes_per_piece);
  const int64_t price = price_of_bytes(range);
  if (price > op.fuel) return too_dear(price);
  memory_fill(memory, slots[0], static_cast<uint8_t>(slots[1]), range.piece);
  return advance(slots, range, false, price);
}

/// Copies the pieces from the last to the first if both ranges are in the same memory and the destination is
/// higher. If the ranges overlap, the first piece would otherwise overwrite later parts of the source.
Step copy_memory(Bulk op) {
  MemoryInstance& to = *op.instance.memories[op.first];
  const MemoryInstance& from = *op.instance.memories[op.second];
  uint64_t* slots = op.slots;
  const uint64_t count = slots[2];
  if (!in_bounds(slots[0], count, to.byte_size) || !in_bounds(slots[1], count, from.byte_size))
    return {ErrorCode::out_of_bounds_memory_access};
  const Range range = next_piece(count, bytes_per_piece);
  const int64_t price = price_of_bytes(range);
  if (price > op.fuel) return too_dear(price);
  const bool backwards = &to == &from && slots[0] > slots[1];
  const uint64_t skipped = backwards ? count - range.piece : 0;
  memory_copy(to, from, slots[0] + skipped, slots[1] + skipped, range.piece);
  return backwards ? retreat(slots, range, price) : advance(slots, range, true, price);
}

Step init_memory(Bulk op) {
  const DataInstance& segment = op.instance.data_segments[op.first];
  MemoryInstance& memory = *op.instance.memories[op.second];
  uint64_t* slots = op.slots;
  if (!in_bounds(slots[0], slots[2], memory.byte_size) || !in_bounds(slots[1], slots[2], segment.size))
    return {ErrorCode::out_of_bounds_memory_access};
  const Range range = next_piece(slots[2], bytes_per_piece);
  const int64_t price = price_of_bytes(range);
  if (price > op.fuel) return too_dear(price);
  memory_init(memory, segment, slots[0], slots[1], range.piece);
  return advance(slots, range, true, price);
}

ErrorCode drop_data(ModuleInstance& instance, uint64_t*, uint32_t segment, uint32_t) {
  data_drop(instance.data_segments[segment]);
  return ErrorCode::none;
}

Step fill_table(Bulk op) {
  TableInstance& table = *op.instance.tables[op.first];
  uint64_t* slots = op.slots;
  if (!in_bounds(slots[0], slots[2], table.size)) return {ErrorCode::out_of_bounds_table_access};
  const Range range = next_piece(slots[2], elements_per_piece);
  const int64_t price = price_of_elements(range);
  if (price > op.fuel) return too_dear(price);
  table_fill(table, slots[0], slots[1], range.piece);
  return advance(slots, range, false, price);
}

Step copy_table(Bulk op) {
  TableInstance& to = *op.instance.tables[op.first];
  const TableInstance& from = *op.instance.tables[op.second];
  uint64_t* slots = op.slots;
  const uint64_t count = slots[2];
  if (!in_bounds(slots[0], count, to.size) || !in_bounds(slots[1], count, from.size))
    return {ErrorCode::out_of_bounds_table_access};
  const Range range = next_piece(count, elements_per_piece);
  const int64_t price = price_of_elements(range);
  if (price > op.fuel) return too_dear(price);
  const bool backwards = &to == &from && slots[0] > slots[1];
  const uint64_t skipped = backwards ? count - range.piece : 0;
  table_copy(to, from, slots[0] + skipped, slots[1] + skipped, range.piece);
  return backwards ? retreat(slots, range, price) : advance(slots, range, true, price);
}

Step init_table(Bulk op) {
  const ElemInstance& segment = op.instance.elem_segments[op.first];
  TableInstance& table = *op.instance.tables[op.second];
  uint64_t* slots = op.slots;
  if (!in_bounds(slots[0], slots[2], table.size) || !in_bounds(slots[1], slots[2], segment.refs.size()))
    return {ErrorCode::out_of_bounds_table_access};
  const Range range = next_piece(slots[2], elements_per_piece);
  const int64_t price = price_of_elements(range);
  if (price > op.fuel) return too_dear(price);
  table_init(table, segment, slots[0], slots[1], range.piece);
  return advance(slots, range, true, price);
}

ErrorCode drop_elem(ModuleInstance& instance, uint64_t*, uint32_t segment, uint32_t) {
  elem_drop(instance.elem_segments[segment]);
  return ErrorCode::none;
}

/// Returns the result of a grow instruction in the width of the address type. `size` is the old size, or -1
/// for failure.
uint64_t size_or_failure(int64_t size, const Limits& limits) {
  return limits.is_64 ? static_cast<uint64_t>(size) : static_cast<uint32_t>(size);
}

ErrorCode memory_size(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  slots[0] = instance.memories[index]->byte_size >> 16;
  return ErrorCode::none;
}
/// memory.grow takes about as long as this number of instructions, because it asks the system for memory.
constexpr int64_t grow_as_instructions = 1'000;
SKERRY_COLD SKERRY_HANDLER(memory_grow_handler) {
  SKERRY_STATE
  PAY(stack_op(s).charge.fuel);
  shorten_slice(s, grow_as_instructions);
  uint64_t* slot = slots_of(s);
  MemoryInstance& memory = *s.instance->memories[first_index(s)];
  *slot = size_or_failure(grow_memory(memory, *slot), memory.type.limits);
  reload_memory(s);
  NEXT(sizeof(layout::StackOp));
}

ErrorCode get_table(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  const TableInstance& table = *instance.tables[index];
  if (slots[0] >= table.size) return ErrorCode::out_of_bounds_table_access;
  slots[0] = table.elements[slots[0]];
  return ErrorCode::none;
}
ErrorCode set_table(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  TableInstance& table = *instance.tables[index];
  if (slots[0] >= table.size) return ErrorCode::out_of_bounds_table_access;
  table.elements[slots[0]] = slots[1];
  table.written = true;
  return ErrorCode::none;
}
ErrorCode table_size(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  slots[0] = instance.tables[index]->size;
  return ErrorCode::none;
}
/// grow_table() writes new elements in pieces, and the table grows only after the last piece. A growth that
/// the table's limits refuse costs no fuel.
Step table_grow(Bulk op) {
  TableInstance& table = *op.instance.tables[op.first];
  const uint64_t count = op.slots[1];
  const bool may_grow = table_may_grow(table, count);
  const int64_t price = may_grow ? static_cast<int64_t>(count) : 0;
  if (price > op.fuel) return too_dear(price);
  ErrorCode stop = ErrorCode::none;
  const int64_t old_size = may_grow ? grow_table(table, count, op.slots[0], &stop) : -1;
  if (stop != ErrorCode::none) return {stop};
  op.slots[0] = size_or_failure(old_size, table.type.limits);
  return {.fuel = old_size < 0 ? 0 : price};
}

// ---- loads and stores in other memories, with 64-bit addresses, or with offsets that need more than 32 bits
//
// The first immediate is the memory, and the second is the offset.

/// Returns a pointer to the accessed bytes. If the access is out of bounds, returns null, and the trap
/// handler gets the address of the first byte of the access. Sums saturate at 2^64-1, so none of them wraps.
template <class M> SKERRY_INLINE std::byte* access(State& s, uint64_t address) {
  const MemoryInstance& memory = *s.instance->memories[first_index(s)];
  const uint64_t offset = stack_op(s).second;
  const uint64_t start = saturating_add(address, offset);
  if (fits(start, sizeof(M), memory.byte_size)) return memory.base + start;
  out_of_bounds(s, start);
  return nullptr;
}
template <class M, class T> SKERRY_HANDLER(general_load) {
  SKERRY_STATE
  uint64_t* slot = slots_of(s);
  const std::byte* at = access<M>(s, *slot);
  if (at == nullptr) TRAP(ErrorCode::out_of_bounds_memory_access);
  *slot = uint64_t{static_cast<T>(load_little_endian<M>(at))};
  NEXT(sizeof(layout::StackOp));
}
template <class M> SKERRY_HANDLER(general_vector_load) {
  SKERRY_STATE
  uint64_t* slot = slots_of(s);
  const std::byte* at = access<M>(s, *slot);
  if (at == nullptr) TRAP(ErrorCode::out_of_bounds_memory_access);
  uint64_t result[2] = {};
  std::memcpy(result, at, sizeof(M));
  std::memcpy(slot, result, sizeof result);
  NEXT(sizeof(layout::StackOp));
}
template <class M> SKERRY_HANDLER(general_store) {
  SKERRY_STATE
  const uint64_t* slot = slots_of(s);
  std::byte* at = access<M>(s, *slot);
  if (at == nullptr) TRAP(ErrorCode::out_of_bounds_memory_access);
  store_little_endian(at, load_low_bytes<M>(slot + 1));
  NEXT(sizeof(layout::StackOp));
}

/// get_global() and set_global() are for v128 globals. Globals of other types have their own operations.
ErrorCode get_global(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  std::memcpy(slots, instance.globals[index]->value, 16);
  return ErrorCode::none;
}
ErrorCode set_global(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  std::memcpy(instance.globals[index]->value, slots, 16);
  return ErrorCode::none;
}

ErrorCode ref_func(ModuleInstance& instance, uint64_t* slots, uint32_t index, uint32_t) {
  slots[0] = address_of(instance.functions[index]);
  return ErrorCode::none;
}

ErrorCode ref_as_non_null(ModuleInstance&, uint64_t* slots, uint32_t, uint32_t) {
  return slots[0] == 0 ? ErrorCode::null_reference : ErrorCode::none;
}

} // namespace

void add_stack_op_handlers(HandlerTable& table) {
  const auto row = [&table](Opcode op) -> Handler& { return table.stack_op[static_cast<size_t>(op)]; };
  row(Opcode::memory_fill) = &bulk<fill_memory>;
  row(Opcode::memory_copy) = &bulk<copy_memory>;
  row(Opcode::memory_init) = &bulk<init_memory>;
  row(Opcode::data_drop) = &small<drop_data>;
  row(Opcode::memory_size) = &small<memory_size>;
  row(Opcode::memory_grow) = &memory_grow_handler;
  row(Opcode::table_get) = &small<get_table>;
  row(Opcode::table_set) = &small<set_table>;
  row(Opcode::table_size) = &small<table_size>;
  row(Opcode::table_grow) = &bulk<table_grow>;
  row(Opcode::table_fill) = &bulk<fill_table>;
  row(Opcode::table_copy) = &bulk<copy_table>;
  row(Opcode::table_init) = &bulk<init_table>;
  row(Opcode::elem_drop) = &small<drop_elem>;
  row(Opcode::ref_func) = &small<ref_func>;
  row(Opcode::ref_as_non_null) = &small<ref_as_non_null>;
  row(Opcode::global_get) = &small<get_global>;
  row(Opcode::global_set) = &small<set_global>;

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
