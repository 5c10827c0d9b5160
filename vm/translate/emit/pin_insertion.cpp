#include "vm/translate/emit/pin_insertion.hpp"

namespace skerry::vm {

Ir PinInsertion::move(const Pin& pin, const Operand& d, const Operand& a) const {
  Ir ir;
  ir.operation = fits(pin, 'v') ? Operation::float_move : Operation::move;
  ir.wide = pin.type == OperandType::f64;
  ir.depth = at_->depth;
  ir.offset = at_->offset;
  ir.d = d;
  ir.a = a;
  return ir;
}

} // namespace skerry::vm
