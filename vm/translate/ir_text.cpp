#include "vm/translate/ir_text.hpp"

#include <iterator>

namespace skerry::vm {

namespace {

constexpr const char* operation_names[] = {
#define OPERATION(name, d, a, b, c, detail, pseudo) #name,
#include "vm/code/ops.def"
};
constexpr std::string_view mode_names[] = {"", " indexed", " wrapped", " indexed_wrapped"};
constexpr std::string_view compare_names[] = {"eq",   "ne",   "lt_s", "lt_u", "gt_s", "gt_u",
                                              "le_s", "le_u", "ge_s", "ge_u", "test", "test_not"};
static_assert(std::size(compare_names) == compare_count);

enum class Detail : uint8_t {
  none,
  number,
  lea,
  lane,
  bytes,
  slots,
  copy,
  access,
  global,
  jump,
  table,
  call,
  stack
};
constexpr Detail details[] = {
#define OPERATION(name, d, a, b, c, detail, pseudo) Detail::detail,
#include "vm/code/ops.def"
};
Detail detail_of(const Ir& ir) { return details[static_cast<size_t>(ir.operation)]; }

std::string field(std::string_view name, uint64_t value) {
  return " " + std::string(name) + "=" + std::to_string(value);
}
std::string slots_text(uint32_t first, uint32_t count) {
  const std::string from = "[" + std::to_string(first);
  return (count == 1 ? from : from + ".." + std::to_string(first + count - 1)) + "]";
}

/// Returns the text of the operation's constant, which is its operand `o` and has class `cls`.
std::string constant_text(const Ir& ir, const Operand& o, char cls) {
  uint64_t bits = layout::SlotOrConstant16{o.index}.constant();
  if (detail_of(ir) == Detail::number) bits = ir.number.constant;
  if (detail_of(ir) == Detail::jump) bits = ir.jump.constant;
  return cls == 'v' ? float_text(bits, has_wide_float(ir)) : integer_text(bits);
}

void add_operand(std::string& text, const Ir& ir, const Operand& o, char cls, const char*& separator) {
  if (o.where == Operand::Where::none) return;
  text += separator;
  text += o.is_constant() ? constant_text(ir, o, cls) : operand_text(o);
  separator = ", ";
}

std::string label_text(uint32_t label) { return "L" + std::to_string(label); }

std::string targets_text(const TargetTable& table) {
  std::string text;
  for (const BranchTarget& target : table.targets) {
    text += " " + label_text(target.label);
    if (target.charge != 0) text += "(" + std::to_string(target.charge) + ")";
  }
  return text;
}

std::string call_text(const Ir& ir) {
  std::string text;
  const auto is_any = [&](Operation own, Operation tail) {
    return ir.operation == own || ir.operation == tail;
  };
  if (is_any(Operation::call, Operation::return_call)) text += field("callee", ir.call.callee);
  if (is_any(Operation::call_import, Operation::return_call_import)) text += field("import", ir.call.callee);
  if (is_any(Operation::call_indirect, Operation::return_call_indirect))
    text += field("type", ir.call.type) + field("table", ir.call.table);
  return text + " frame=[" + std::to_string(ir.call.frame) + "]";
}

std::string detail_text(const Ir& ir, const IrFunction& function) {
  switch (detail_of(ir)) {
  case Detail::none:
  case Detail::number:
  case Detail::lea: return {}; // an operand or the name already shows the detail
  case Detail::lane: return field("byte", ir.lane.first_byte);
  case Detail::bytes: return " " + bytes_text(ir.bytes);
  case Detail::slots: return " " + slots_text(ir.slots.first, ir.slots.count);
  case Detail::copy:
    return " " + slots_text(ir.copy.to, ir.copy.count) + " from " + slots_text(ir.copy.from, ir.copy.count);
  case Detail::access: {
    const bool adds = ir.mode == AddressMode::wrapped || ir.mode == AddressMode::indexed_wrapped;
    return (adds ? " addend=" + std::to_string(ir.access.addend) : std::string()) +
           field("end", ir.access.end);
  }
  case Detail::global: return field("place", ir.global.place);
  case Detail::jump: {
    const std::string step =
        ir.operation == Operation::count_branch ? " step=" + std::to_string(ir.jump.step) : std::string();
    return step + " -> " + label_text(ir.jump.label);
  }
  case Detail::table: return " ->" + targets_text(function.branch_tables[ir.table.table]);
  case Detail::call: return call_text(ir);
  case Detail::stack:
    return " [" + std::to_string(ir.stack.first) + "…]" + field("index", ir.stack.index) +
           field("second", ir.stack.second);
  }
  return {};
}

} // namespace

std::string operand_text(const Operand& operand) {
  const std::string number = std::to_string(operand.index);
  switch (operand.where) {
  case Operand::Where::slot: return "[" + number + "]";
  case Operand::Where::int_register: return "r" + number;
  case Operand::Where::vector_register: return "v" + number;
  default: return {};
  }
}

bool has_wide_float(const Ir& ir) {
  if (ir.operation == Operation::binary) return info(ir.opcode).signature[1] == 'F';
  return ir.wide;
}

std::string operation_text(const Ir& ir) {
  const std::string name = operation_names[static_cast<size_t>(ir.operation)];
  const std::string_view row = ir.opcode == Opcode::invalid ? std::string_view() : info(ir.opcode).text;
  switch (ir.operation) {
  case Operation::unary:
  case Operation::binary:
  case Operation::ternary:
  case Operation::extract_lane:
  case Operation::replace_lane: return std::string(row);
  case Operation::load:
  case Operation::store:
    return std::string(row) + std::string(mode_names[static_cast<size_t>(ir.mode)]) +
           (ir.scaled ? " scaled" : "");
  case Operation::lea: return name + "*" + std::to_string(1u << ir.lea.shift);
  case Operation::branch_if:
  case Operation::count_branch:
    return name + (ir.wide ? " i64." : " i32.") + std::string(compare_names[static_cast<size_t>(ir.compare)]);
  case Operation::branch_if_float: return name + (ir.negate ? " not " : " ") + std::string(row);
  case Operation::float_move:
  case Operation::return_float: return name + (ir.wide ? " f64" : " f32");
  case Operation::select_slots: return name + (ir.pair ? " v128" : "");
  case Operation::branch: return name + (ir.back ? " back" : "");
  case Operation::stack_op: return name + " " + std::string(row);
  default: return name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
  }
}

std::string ir_text(const Ir& ir, const IrFunction& function) {
  if (ir.operation == Operation::label) return label_text(ir.jump.label) + ":";
  std::string text;
  if (ir.d.where != Operand::Where::none) text += operand_text(ir.d) + " = ";
  text += operation_text(ir);
  const OperandClasses classes = ir.classes();
  const char* separator = " ";
  add_operand(text, ir, ir.a, classes.a, separator);
  add_operand(text, ir, ir.b, classes.b, separator);
  add_operand(text, ir, ir.c, classes.c, separator);
  text += detail_text(ir, function);
  if (ir.charge != 0) text += " charge=" + std::to_string(ir.charge);
  return text;
}

bool write_ir(const IrFunction& function, const TextLines& write) {
  for (uint32_t i = 0; i < function.code.size(); ++i) {
    const Ir& ir = function.code[i];
    if (ir.operation == Operation::nop) continue;
    const bool is_label = ir.operation == Operation::label;
    if (!write(" " + hex(ir.offset, 6) + (is_label ? " " : "   ") + ir_text(ir, function) + "\n"))
      return false;
  }
  return true;
}

std::string pins_text(std::span<const Pin> pins) {
  std::string text;
  for (const Pin& pin : pins) {
    if (!text.empty()) text += ", ";
    text += operand_text(Operand::slot(pin.slot)) + " in " + operand_text(pin.reg);
  }
  return text;
}

} // namespace skerry::vm
