// Parametric, variable, table and memory instructions (spec §3.4.1, §3.4.3 to §3.4.5).
#include "vm/validate/function_validator.hpp"

namespace skerry::vm {

// ---- Parametric

bool FunctionValidator::drop() {
  ValType type;
  return stack_.pop_any(type) || mismatch({bottom_type});
}

bool FunctionValidator::select() {
  const auto is_plain = [](ValType type) { return type.is_num() || type.is_vec() || type == bottom_type; };
  ValType second, first;
  if (!pop(i32)) return false;
  if (!stack_.pop_any(second) || !stack_.pop_any(first)) return mismatch({bottom_type, bottom_type});
  const bool agree = first == second || first == bottom_type || second == bottom_type;
  if (!is_plain(first) || !is_plain(second) || !agree)
    return fail("type mismatch: select of " + name_of(first) + " and " + name_of(second));
  return push(first == bottom_type ? second : first);
}

bool FunctionValidator::select_typed(const Instruction& instr) {
  if (instr.index[0] != 1) return fail("invalid result arity: select of " + std::to_string(instr.index[0]));
  ValType type = instr.type;
  return resolve(type) && pop({type, type, i32}) && push(type);
}

// ---- Locals and globals

bool FunctionValidator::find_local(uint32_t index) {
  return index < locals_.size() || unknown("local", index, locals_.size());
}

bool FunctionValidator::is_initialized(uint32_t local) const {
  return local < locals_.param_count() || locals_[local].is_defaultable() || init_stamps_[local] == stamp_;
}

void FunctionValidator::initialize(uint32_t local) {
  if (is_initialized(local)) return;
  init_stamps_[local] = stamp_;
  initialized_.push_back(local);
}

/// Marks all initialized locals except the first `count` as uninitialized again.
void FunctionValidator::forget_initialized(uint32_t count) {
  for (; initialized_.size() > count; initialized_.pop_back()) init_stamps_[initialized_.back()] = 0;
}

bool FunctionValidator::local_get(uint32_t index) {
  if (!find_local(index)) return false;
  if (!locals_.all_defaultable() && !is_initialized(index))
    return fail("uninitialized local " + std::to_string(index));
  return push(locals_[index]);
}

bool FunctionValidator::local_set(uint32_t index) {
  if (!find_local(index) || !pop(locals_[index])) return false;
  if (!locals_.all_defaultable()) initialize(index);
  return true;
}

bool FunctionValidator::local_tee(uint32_t index) { return local_set(index) && push(locals_[index]); }

bool FunctionValidator::global_get(uint32_t index) {
  if (index >= module_.globals.size()) return unknown("global", index, module_.globals.size());
  return push(module_.globals[index].type.value);
}

bool FunctionValidator::global_set(uint32_t index) {
  if (index >= module_.globals.size()) return unknown("global", index, module_.globals.size());
  const GlobalType& type = module_.globals[index].type;
  if (!type.is_mutable) return fail("immutable global " + std::to_string(index));
  return pop(type.value);
}

// ---- Tables

bool FunctionValidator::find_table(uint32_t index) {
  return index < module_.tables.size() || unknown("table", index, module_.tables.size());
}

bool FunctionValidator::find_elem(uint32_t index) {
  return index < module_.elem_segments.size() || unknown("elem segment", index, module_.elem_segments.size());
}

ValType FunctionValidator::table_address(uint32_t index) const {
  return module_.tables[index].type.limits.is_64 ? i64 : i32;
}

bool FunctionValidator::table_instruction(const Instruction& instr) {
  if (!find_table(instr.index[0])) return false;
  const ValType element = module_.tables[instr.index[0]].type.element;
  const ValType address = table_address(instr.index[0]);
  switch (instr.op) {
  case Opcode::table_get: return pop(address) && push(element);
  case Opcode::table_set: return pop({address, element});
  case Opcode::table_size: return push(address);
  case Opcode::table_grow: return pop({element, address}) && push(address);
  default: return pop({address, element, address}); // table.fill
  }
}

bool FunctionValidator::table_copy(uint32_t destination, uint32_t source) {
  if (!find_table(destination) || !find_table(source)) return false;
  if (!matcher_.matches(module_.tables[source].type.element, module_.tables[destination].type.element))
    return fail("type mismatch: element types of tables " + std::to_string(destination) + " and " +
                std::to_string(source));
  const ValType to = table_address(destination), from = table_address(source);
  return pop({to, from, to == i64 ? from : to});
}

bool FunctionValidator::table_init(uint32_t segment, uint32_t table) {
  if (!find_table(table) || !find_elem(segment)) return false;
  if (!matcher_.matches(module_.elem_segments[segment].type, module_.tables[table].type.element))
    return fail("type mismatch: element segment " + std::to_string(segment) + " and table " +
                std::to_string(table));
  return pop({table_address(table), i32, i32});
}

// ---- Memories

bool FunctionValidator::find_memory(uint32_t index) {
  return index < module_.memories.size() || unknown("memory", index, module_.memories.size());
}

bool FunctionValidator::find_data(uint32_t index) {
  if (index >= module_.data_segments.size())
    return unknown("data segment", index, module_.data_segments.size());
  return module_.has_data_count || fail("data count section required", ErrorKind::malformed);
}

ValType FunctionValidator::memory_address(uint32_t index) const {
  return module_.memories[index].limits.is_64 ? i64 : i32;
}

bool FunctionValidator::memory_instruction(const Instruction& instr) {
  const bool is_init = instr.op == Opcode::memory_init;
  const uint32_t memory = instr.index[is_init ? 1 : 0];
  if (!find_memory(memory) || (is_init && !find_data(instr.index[0]))) return false;
  const ValType address = memory_address(memory);
  switch (instr.op) {
  case Opcode::memory_size: return push(address);
  case Opcode::memory_grow: return pop(address) && push(address);
  case Opcode::memory_fill: return pop({address, i32, address});
  default: return pop({address, i32, i32}); // memory.init
  }
}

bool FunctionValidator::memory_copy(uint32_t destination, uint32_t source) {
  if (!find_memory(destination) || !find_memory(source)) return false;
  const ValType to = memory_address(destination), from = memory_address(source);
  return pop({to, from, to == i64 ? from : to});
}

} // namespace skerry::vm
