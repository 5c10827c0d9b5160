#include "vm/runtime/const_expr.hpp"

#include "vm/base/address.hpp"
#include "vm/isa/instruction.hpp"

#include <cstring>

namespace skerry::vm {

SlotPair ConstEvaluator::pop() {
  const SlotPair value = operands_.back();
  operands_.pop_back();
  return value;
}

template <class F> void ConstEvaluator::binary(F op) {
  const uint64_t right = pop().lo;
  const uint64_t left = pop().lo;
  push(op(left, right));
}

SlotPair ConstEvaluator::evaluate(const ConstExpr& expr) {
  ByteReader reader(instance_.module->range(expr.offset, expr.size));
  return evaluate(reader);
}

SlotPair ConstEvaluator::evaluate(ByteReader& reader) {
  const auto u32 = [](uint64_t value) { return static_cast<uint32_t>(value); };
  operands_.clear();
  for (Instruction instr; meter_.spend(1) && decode_instruction(reader, instr);) {
    switch (instr.op) {
    case Opcode::i32_const:
    case Opcode::i64_const:
    case Opcode::f32_const:
    case Opcode::f64_const: push(instr.value); break;
    case Opcode::v128_const: {
      SlotPair value;
      std::memcpy(&value, instr.bytes.data(), sizeof value);
      operands_.push_back(value);
      break;
    }
    case Opcode::global_get: {
      const uint64_t* value = instance_.globals[instr.index[0]]->value;
      push(value[0], value[1]);
      break;
    }
    case Opcode::ref_null: push(0); break;
    case Opcode::ref_func: push(address_of(instance_.functions[instr.index[0]])); break;
    case Opcode::i32_add: binary([&](uint64_t a, uint64_t b) { return u32(a + b); }); break;
    case Opcode::i32_sub: binary([&](uint64_t a, uint64_t b) { return u32(a - b); }); break;
    case Opcode::i32_mul: binary([&](uint64_t a, uint64_t b) { return u32(a * b); }); break;
    case Opcode::i64_add: binary([](uint64_t a, uint64_t b) { return a + b; }); break;
    case Opcode::i64_sub: binary([](uint64_t a, uint64_t b) { return a - b; }); break;
    case Opcode::i64_mul: binary([](uint64_t a, uint64_t b) { return a * b; }); break;
    case Opcode::end: return pop();
    default: return {}; // validation admits no other instruction
    }
  }
  return {};
}

} // namespace skerry::vm
