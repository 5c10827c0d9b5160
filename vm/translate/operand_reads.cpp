#include "vm/translate/operand_reads.hpp"

#include <string>
#include <string_view>

namespace skerry::vm {

namespace {

/// The letters of the operands' types.
struct Letters {
  char a = 'I', b = 'I', c = 'I';
};

Letters of_signature(const Ir& ir) {
  const std::string_view signature = info(ir.row).signature;
  const auto at = [&](size_t i) { return i < signature.size() ? signature[i] : 'I'; };
  return {at(0), at(1), at(2)};
}
char stored_letter(const Ir& ir) {
  const std::string_view signature = info(ir.row).signature;
  return signature[signature.find('>') - 1];
}

Letters letters_of(const Ir& ir) {
  const char integer = ir.wide ? 'I' : 'i', number = ir.wide ? 'F' : 'f', one_or_two = ir.pair ? 'v' : 'I';
  switch (ir.operation) {
  case Operation::unary:
  case Operation::binary:
  case Operation::ternary:
  case Operation::extract_lane:
  case Operation::replace_lane: return of_signature(ir);
  case Operation::lea:
  case Operation::load:
  case Operation::branch_table: return {'i', 'i', 'i'};
  case Operation::store: return {'i', 'i', stored_letter(ir)};
  case Operation::branch_if:
  case Operation::count_branch: return {integer, integer};
  case Operation::branch_if_float:
  case Operation::vmove:
  case Operation::return_v: return {number, number};
  case Operation::move128:
  case Operation::shuffle: return {'v', 'v'};
  case Operation::select: return {'I', 'I', 'i'};
  case Operation::vselect: return {one_or_two, one_or_two, 'i'};
  default: return {};
  }
}

void add(std::vector<ReadOperand>& reads, const Operand& o, char letter) {
  using Where = ReadOperand::Where;
  switch (o.where) {
  case Operand::Where::slot: return reads.push_back({Where::slot, letter, o.index});
  case Operand::Where::int_register: return reads.push_back({Where::int_register, letter, o.index});
  case Operand::Where::vector_register: return reads.push_back({Where::vector_register, letter, o.index});
  default: return;
  }
}

/// Adds values in consecutive slots.
void add_slots(std::vector<ReadOperand>& reads, uint32_t first, std::string_view letters) {
  for (const char letter : letters) {
    reads.push_back({ReadOperand::Where::slot, letter, static_cast<uint16_t>(first)});
    first += letter == 'v' ? 2 : 1;
  }
}

std::string parameter_letters(const CanonicalType& type) {
  std::string letters;
  for (const ValType param : type.params()) {
    switch (param.kind()) {
    case ValType::i32_: letters += 'i'; break;
    case ValType::f32_: letters += 'f'; break;
    case ValType::f64_: letters += 'F'; break;
    case ValType::v128_: letters += 'v'; break;
    default: letters += 'I';
    }
  }
  return letters;
}

/// The operands of instructions that work on canonical slots. Addresses may have 64 bits.
std::string_view stack_letters(Opcode op) {
  const std::string_view signature = info(op).signature;
  if (!signature.empty()) return signature.substr(0, signature.find('>'));
  switch (op) {
  case Opcode::memory_grow:
  case Opcode::table_get:
  case Opcode::ref_as_non_null: return "I";
  case Opcode::table_set:
  case Opcode::table_grow: return "II";
  case Opcode::memory_fill:
  case Opcode::memory_copy:
  case Opcode::memory_init:
  case Opcode::table_fill:
  case Opcode::table_copy:
  case Opcode::table_init: return "III";
  case Opcode::global_set: return "v"; // other types have their own operations
  default: return "";
  }
}

} // namespace

std::vector<ReadOperand> operand_reads(const Ir& ir, const CanonicalType* callee) {
  std::vector<ReadOperand> reads;
  const Letters letters = letters_of(ir);
  add(reads, ir.a, letters.a);
  add(reads, ir.b, letters.b);
  add(reads, ir.c, letters.c);
  if (ir.operation == Operation::stack_op) add_slots(reads, ir.stack.first, stack_letters(ir.row));
  if (callee != nullptr) add_slots(reads, ir.call.frame, parameter_letters(*callee));
  return reads;
}

} // namespace skerry::vm
