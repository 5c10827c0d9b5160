#include "vm/translate/operand_reads.hpp"

#include <span>
#include <string_view>

namespace skerry::vm {

namespace {

/// The types of an operation's operands a, b and c. i64 stands for any operand whose 64 bits may all matter.
struct Types {
  OperandType a = OperandType::i64, b = OperandType::i64, c = OperandType::i64;
};

Types of_signature(const Ir& ir) {
  const std::string_view signature = info(ir.opcode).signature;
  const auto at = [&](size_t i) {
    return i < signature.size() ? OperandType{signature[i]} : OperandType::i64;
  };
  return {at(0), at(1), at(2)};
}
OperandType stored_type(const Ir& ir) {
  const std::string_view signature = info(ir.opcode).signature;
  return OperandType{signature[signature.find('>') - 1]};
}

Types types_of(const Ir& ir) {
  using enum OperandType;
  const OperandType integer = ir.wide ? i64 : i32, number = ir.wide ? f64 : f32,
                    one_or_two = ir.pair ? v128 : i64;
  switch (ir.operation) {
  case Operation::unary:
  case Operation::binary:
  case Operation::ternary:
  case Operation::extract_lane:
  case Operation::replace_lane: return of_signature(ir);
  case Operation::lea:
  case Operation::load:
  case Operation::branch_table: return {i32, i32, i32};
  case Operation::store: return {i32, i32, stored_type(ir)};
  case Operation::branch_if:
  case Operation::count_branch: return {integer, integer};
  case Operation::branch_if_float:
  case Operation::float_move:
  case Operation::return_float: return {number, number};
  case Operation::move128:
  case Operation::shuffle: return {v128, v128};
  case Operation::select: return {i64, i64, i32};
  case Operation::select_slots: return {one_or_two, one_or_two, i32};
  default: return {};
  }
}

void add(std::vector<ReadOperand>& reads, const Operand& o, OperandType type) {
  using Where = ReadOperand::Where;
  switch (o.where) {
  case Operand::Where::slot: return reads.push_back({Where::slot, type, o.index});
  case Operand::Where::int_register: return reads.push_back({Where::int_register, type, o.index});
  case Operand::Where::vector_register: return reads.push_back({Where::vector_register, type, o.index});
  default: return;
  }
}

/// Adds values of these types, which are in consecutive slots from `first` on.
void add_slots(std::vector<ReadOperand>& reads, uint32_t first, std::span<const OperandType> types) {
  for (const OperandType type : types) {
    reads.push_back({ReadOperand::Where::slot, type, static_cast<uint16_t>(first)});
    first += slots_of(type);
  }
}

std::vector<OperandType> parameter_types(const CanonicalType& type) {
  std::vector<OperandType> types;
  for (const ValType param : type.params()) types.push_back(operand_type(param));
  return types;
}

/// The operand types of a `stack_op` instruction. If the opcode table has no signature for the instruction,
/// each slot counts as an i64.
std::vector<OperandType> stack_types(const Ir& ir) {
  const std::string_view signature = info(ir.opcode).signature;
  if (signature.empty()) return std::vector(ir.stack.slots, OperandType::i64);
  std::vector<OperandType> types;
  for (const char type : signature.substr(0, signature.find('>'))) types.push_back(OperandType{type});
  return types;
}

} // namespace

std::vector<ReadOperand> operand_reads(const Ir& ir, const CanonicalType* callee) {
  std::vector<ReadOperand> reads;
  const Types types = types_of(ir);
  add(reads, ir.a, types.a);
  add(reads, ir.b, types.b);
  add(reads, ir.c, types.c);
  if (ir.operation == Operation::stack_op) add_slots(reads, ir.stack.first, stack_types(ir));
  if (callee != nullptr) add_slots(reads, ir.call.frame, parameter_types(*callee));
  return reads;
}

} // namespace skerry::vm
