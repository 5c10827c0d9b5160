// Makes modules from bytes: each byte decides one choice. After the last byte the simplest choice is made, so
// that generation ends.
#include "fuzz/module_generator.hpp"

#include "skerry/types.hpp"
#include "vm/base/byte_writer.hpp"
#include "vm/isa/opcode.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace skerry::fuzz {
namespace {

using vm::ByteWriter;
using vm::ImmediateKind;
using vm::info;
using vm::OpClass;
using vm::Opcode;
using vm::OpcodeInfo;

constexpr std::array<ValType, 5> value_types = {i32, i64, f32, f64, v128};
constexpr uint32_t table_size = 8;
constexpr int max_depth = 6;           // nesting depth of expressions and blocks
constexpr size_t max_body_bytes = 600; // after that only the simplest choices

class Choices {
public:
  explicit Choices(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  /// Less than `count`; 0 after the last byte.
  uint32_t below(uint32_t count) {
    uint32_t value = byte();
    if (count > 256) value |= static_cast<uint32_t>(byte()) << 8;
    return value % count;
  }
  uint64_t bits(unsigned bytes) {
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) value |= static_cast<uint64_t>(byte()) << (8 * i);
    return value;
  }

private:
  uint8_t byte() {
    if (bytes_.empty()) return 0;
    const uint8_t value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
  }
  std::span<const uint8_t> bytes_;
};

ValType type_of(char letter) {
  switch (letter) {
  case 'I': return i64;
  case 'f': return f32;
  case 'F': return f64;
  case 'v': return v128;
  default: return i32;
  }
}
bool is_float(ValType type) { return type == f32 || type == f64; }
uint8_t type_code(ValType type) { return static_cast<uint8_t>(type.kind()); }

/// Rows of the opcode table with a single result of this type; 0 selects rows without a result, which are the
/// stores.
std::vector<Opcode> producers(char result) {
  std::vector<Opcode> found;
  for (size_t i = 0; i < vm::opcode_count; ++i) {
    const OpcodeInfo& row = vm::opcode_infos[i];
    const size_t arrow = row.signature.find('>');
    if (arrow == std::string_view::npos) continue;
    if (!Features::defaults().has(row.feature) || row.op_class == OpClass::constant) continue;
    const std::string_view results = row.signature.substr(arrow + 1);
    if (result == 0 ? results.empty() : results == std::string_view(&result, 1))
      found.push_back(static_cast<Opcode>(i));
  }
  return found;
}

/// The parts of the module that bodies can use.
struct Shape {
  std::vector<FuncType> types;
  std::vector<uint32_t> functions; // type indices
  std::vector<ValType> globals;
};

/// Writes one function body. `value` leaves one value of a type, `statement` leaves nothing.
class Body {
public:
  Body(Choices& choices, const Shape& shape, const FuncType& type)
      : choices_(choices), shape_(shape), type_(type) {
    locals_ = type.params;
    for (uint32_t i = choices.below(6); i > 0; --i) locals_.push_back(any_type());
    labels_.push_back(type.results);
  }

  std::vector<std::byte> write() {
    for (uint32_t i = choices_.below(8); i > 0; --i) statement(0);
    values(type_.results, 0);
    op(Opcode::end);
    ByteWriter body;
    const size_t params = type_.params.size();
    body.leb_u32(static_cast<uint32_t>(locals_.size() - params + 3));
    for (size_t i = params; i < locals_.size(); ++i) body.leb_u32(1), body.u8(type_code(locals_[i]));
    for (const ValType type : {f32, f64, v128}) body.leb_u32(1), body.u8(type_code(type)); // for no_nan
    body.bytes(code_.view());
    return body.take();
  }

private:
  ValType any_type() { return value_types[choices_.below(5)]; }
  bool deep(int depth) const {
    return depth >= max_depth || code_.size() > max_body_bytes || choices_.empty();
  }

  void op(Opcode opcode) {
    const OpcodeInfo& row = info(opcode);
    if (row.prefix != 0)
      code_.u8(row.prefix), code_.leb_u32(row.code);
    else
      code_.u8(static_cast<uint8_t>(row.code));
  }
  void op(Opcode opcode, uint32_t immediate) { op(opcode), code_.leb_u32(immediate); }

  void constant(ValType type) {
    if (type == i32) return op(Opcode::i32_const), code_.leb_s32(static_cast<int32_t>(integer(4)));
    if (type == i64) return op(Opcode::i64_const), code_.leb_s64(static_cast<int64_t>(integer(8)));
    if (type == f32) return op(Opcode::f32_const), code_.fixed_u32(static_cast<uint32_t>(choices_.bits(4)));
    if (type == f64) return op(Opcode::f64_const), code_.fixed_u64(choices_.bits(8));
    op(Opcode::v128_const), code_.fixed_u64(integer(8)), code_.fixed_u64(integer(8));
  }
  uint64_t integer(unsigned bytes) {
    switch (choices_.below(4)) {
    case 0: return choices_.below(16);
    case 1: return ~uint64_t{0} << choices_.below(bytes * 8);
    case 2: return choices_.bits(2);
    default: return choices_.bits(bytes);
    }
  }

  /// Index of a local of this type, or false.
  bool find_local(ValType type, uint32_t& index) {
    const auto count = static_cast<uint32_t>(locals_.size());
    if (count == 0) return false;
    const uint32_t start = choices_.below(count);
    for (uint32_t i = 0; i < count; ++i) {
      index = (start + i) % count;
      if (locals_[index] == type) return true;
    }
    return false;
  }
  bool find_global(ValType type, uint32_t& index) {
    for (index = 0; index < shape_.globals.size(); ++index)
      if (shape_.globals[index] == type) return true;
    return false;
  }

  void leaf(ValType type) {
    uint32_t index = 0;
    switch (choices_.below(4)) {
    case 0: return constant(type);
    case 1:
      if (find_global(type, index)) return op(Opcode::global_get, index);
      [[fallthrough]];
    default: return find_local(type, index) ? op(Opcode::local_get, index) : constant(type);
    }
  }

  void values(const std::vector<ValType>& types, int depth) {
    for (const ValType type : types) value(type, depth);
  }

  void value(ValType type, int depth) {
    if (deep(depth)) return leaf(type);
    uint32_t index = 0;
    switch (choices_.below(16)) {
    case 0:
    case 1:
    case 2: return leaf(type);
    case 3:
      value(type, depth + 1);
      if (find_local(type, index)) op(Opcode::local_tee, index);
      return;
    case 4: return select(type, depth);
    case 5: return block({type}, depth);
    case 6: return if_else({type}, depth);
    case 7: return call(type, depth);
    case 8: // a value that a conditional branch may take away
      value(type, depth + 1);
      if (find_label({type}, index)) value(i32, depth + 1), op(Opcode::br_if, index);
      return;
    case 9:
      if (type == i32) return memory_value(depth);
      [[fallthrough]];
    default: return operation(pick(type), depth);
    }
  }

  Opcode pick(ValType type) {
    static const std::array<std::vector<Opcode>, 5> rows = {producers('i'), producers('I'), producers('f'),
                                                            producers('F'), producers('v')};
    const auto& candidates =
        rows[static_cast<size_t>(std::ranges::find(value_types, type) - value_types.begin())];
    return candidates[choices_.below(static_cast<uint32_t>(candidates.size()))];
  }

  void operation(Opcode opcode, int depth) {
    const OpcodeInfo& row = info(opcode);
    const std::string_view params = row.signature.substr(0, row.signature.find('>'));
    const bool shows_bits = row.op_class == OpClass::store || opcode == Opcode::i32_reinterpret_f32 ||
                            opcode == Opcode::i64_reinterpret_f64 || opcode == Opcode::f32_copysign ||
                            opcode == Opcode::f64_copysign;
    const bool uses_memory = row.op_class == OpClass::load || row.op_class == OpClass::store ||
                             row.immediate == ImmediateKind::memarg_lane;
    for (size_t i = 0; i < params.size(); ++i) {
      const ValType type = type_of(params[i]);
      i == 0 && uses_memory ? address(depth + 1) : value(type, depth + 1);
      if (shows_bits && is_float(type)) no_nan(type);
    }
    op(opcode);
    if (uses_memory) memarg(row);
    if (row.immediate == ImmediateKind::lane || row.immediate == ImmediateKind::memarg_lane)
      code_.u8(static_cast<uint8_t>(choices_.below(row.lanes)));
    if (row.immediate == ImmediateKind::lanes16)
      for (int i = 0; i < 16; ++i) code_.u8(static_cast<uint8_t>(choices_.below(row.lanes)));
    if (row.signature.ends_with('v') && is_float_vector(row.text)) no_nan_lanes(row.text);
  }

  void memarg(const OpcodeInfo& row) {
    uint32_t align = 0;
    while ((2u << align) <= row.access_bytes && choices_.below(4) != 0) ++align;
    code_.leb_u32(align);
    code_.leb_u32(choices_.below(8) == 0 ? static_cast<uint32_t>(choices_.bits(4)) : choices_.below(64));
  }

  /// An address that is usually inside the memory.
  void address(int depth) {
    value(i32, depth);
    if (choices_.below(16) == 1) return;
    op(Opcode::i32_const), code_.leb_s32(0xfff);
    op(Opcode::i32_and);
  }

  /// Replaces a NaN by zero, so that results do not depend on which NaN it was.
  void no_nan(ValType type) {
    const auto local = static_cast<uint32_t>(locals_.size()) + (type == f32 ? 0 : 1);
    op(Opcode::local_tee, local);
    if (type == f32)
      op(Opcode::f32_const), code_.fixed_u32(0);
    else
      op(Opcode::f64_const), code_.fixed_u64(0);
    op(Opcode::local_get, local);
    op(Opcode::local_get, local);
    op(type == f32 ? Opcode::f32_eq : Opcode::f64_eq);
    op(Opcode::select);
  }
  /// Does the same for the lanes of a floating-point vector result.
  void no_nan_lanes(std::string_view instruction) {
    const auto local = static_cast<uint32_t>(locals_.size()) + 2;
    op(Opcode::local_tee, local);
    op(Opcode::local_get, local);
    op(Opcode::local_get, local);
    op(instruction.starts_with("f32x4") ? Opcode::f32x4_eq : Opcode::f64x2_eq);
    op(Opcode::v128_and);
  }
  static bool is_float_vector(std::string_view instruction) {
    return instruction.starts_with("f32x4") || instruction.starts_with("f64x2");
  }

  void select(ValType type, int depth) {
    value(type, depth + 1);
    value(type, depth + 1);
    value(i32, depth + 1);
    if (choices_.below(2) == 0) return op(Opcode::select);
    op(Opcode::select_t, 1), code_.u8(type_code(type));
  }

  void begin(Opcode opcode, const std::vector<ValType>& results) {
    op(opcode), code_.u8(results.empty() ? 0x40 : type_code(results[0]));
    labels_.push_back(opcode == Opcode::loop ? std::vector<ValType>{} : results);
  }
  void finish() { op(Opcode::end), labels_.pop_back(); }

  void block(const std::vector<ValType>& results, int depth) {
    begin(choices_.below(2) == 0 ? Opcode::block : Opcode::loop, results);
    for (uint32_t i = choices_.below(4); i > 0; --i) statement(depth + 1);
    values(results, depth + 1);
    finish();
  }
  void if_else(const std::vector<ValType>& results, int depth) {
    value(i32, depth + 1);
    begin(Opcode::if_, results);
    for (uint32_t i = choices_.below(3); i > 0; --i) statement(depth + 1);
    values(results, depth + 1);
    if (!results.empty() || choices_.below(2) == 0) {
      op(Opcode::else_);
      for (uint32_t i = choices_.below(3); i > 0; --i) statement(depth + 1);
      values(results, depth + 1);
    }
    finish();
  }

  /// A label that carries exactly these types.
  bool find_label(const std::vector<ValType>& types, uint32_t& label) {
    const auto count = static_cast<uint32_t>(labels_.size());
    const uint32_t start = choices_.below(count);
    for (uint32_t i = 0; i < count; ++i) {
      label = (start + i) % count;
      if (labels_[count - 1 - label] == types) return true;
    }
    return false;
  }

  /// A call whose single result is of this type, or a leaf.
  void call(ValType type, int depth) {
    const auto count = static_cast<uint32_t>(shape_.functions.size());
    const uint32_t start = choices_.below(count);
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t function = (start + i) % count;
      const uint32_t type_index = shape_.functions[function];
      if (shape_.types[type_index].results != std::vector{type}) continue;
      return call_function(function, type_index, depth);
    }
    leaf(type);
  }
  void call_function(uint32_t function, uint32_t type_index, int depth) {
    values(shape_.types[type_index].params, depth + 1);
    if (choices_.below(2) == 0) return op(Opcode::call, function);
    value(i32, depth + 1);
    op(Opcode::i32_const), code_.leb_s32(table_size - 1), op(Opcode::i32_and);
    op(Opcode::call_indirect, type_index), code_.leb_u32(0);
  }
  void tail_call(int depth) {
    const auto count = static_cast<uint32_t>(shape_.functions.size());
    const uint32_t function = choices_.below(count);
    const uint32_t type_index = shape_.functions[function];
    if (shape_.types[type_index].results != type_.results) return;
    // A tail call needs its own block: the code after it is unreachable and makes the block polymorphic.
    begin(Opcode::block, {});
    value(i32, depth + 1), op(Opcode::br_if, 0);
    values(shape_.types[type_index].params, depth + 1);
    if (choices_.below(2) == 0) {
      op(Opcode::return_call, function);
    } else {
      value(i32, depth + 1);
      op(Opcode::return_call_indirect, type_index), code_.leb_u32(0);
    }
    finish();
  }

  void memory_value(int depth) {
    if (choices_.below(3) != 0) return op(Opcode::memory_size, 0);
    value(i32, depth + 1);
    op(Opcode::i32_const), code_.leb_s32(1), op(Opcode::i32_and);
    op(Opcode::memory_grow, 0);
  }

  void statement(int depth) {
    uint32_t index = 0;
    if (deep(depth)) return op(Opcode::nop);
    switch (choices_.below(18)) {
    case 0: return block({}, depth);
    case 1: return if_else({}, depth);
    case 2:
    case 3:
    case 4:
    case 5: {
      const ValType type = any_type();
      value(type, depth + 1);
      return find_local(type, index) ? op(Opcode::local_set, index) : op(Opcode::drop);
    }
    case 6: {
      const ValType type = any_type();
      value(type, depth + 1);
      return find_global(type, index) ? op(Opcode::global_set, index) : op(Opcode::drop);
    }
    case 7:
    case 8:
    case 9: {
      static const std::vector<Opcode> stores = producers(0);
      return operation(stores[choices_.below(static_cast<uint32_t>(stores.size()))], depth);
    }
    case 10:
      if (find_label({}, index)) value(i32, depth + 1), op(Opcode::br_if, index);
      return;
    case 11: return jump(depth);
    case 12: return table_branch(depth);
    case 13: return tail_call(depth);
    case 14: return counted_loop(depth);
    case 15: return bulk(depth);
    case 16: {
      const ValType type = any_type();
      call(type, depth);
      return op(Opcode::drop);
    }
    default: {
      const ValType type = any_type();
      value(type, depth + 1);
      return op(Opcode::drop);
    }
    }
  }

  /// An unconditional end: branch, return or trap, in its own block, which may be left before.
  void jump(int depth) {
    begin(Opcode::block, {});
    value(i32, depth + 1), op(Opcode::br_if, 0);
    uint32_t label = choices_.below(static_cast<uint32_t>(labels_.size()));
    const uint32_t kind = choices_.below(4);
    if (kind == 0) {
      op(Opcode::unreachable);
    } else if (kind == 1) {
      values(type_.results, depth + 1), op(Opcode::return_);
    } else {
      const std::vector<ValType> carried = labels_[labels_.size() - 1 - label];
      values(carried, depth + 1), op(Opcode::br, label);
    }
    finish();
  }
  void table_branch(int depth) {
    begin(Opcode::block, {});
    begin(Opcode::block, {});
    begin(Opcode::block, {});
    value(i32, depth + 1);
    const uint32_t targets = choices_.below(5);
    op(Opcode::br_table, targets);
    for (uint32_t i = 0; i <= targets; ++i) code_.leb_u32(choices_.below(3));
    finish();
    statement(depth + 1);
    finish();
    statement(depth + 1);
    finish();
  }
  /// A loop as programs have it: for (local = n; local != 0; --local).
  void counted_loop(int depth) {
    uint32_t counter = 0;
    if (!find_local(i32, counter)) return;
    op(Opcode::i32_const), code_.leb_s32(static_cast<int32_t>(choices_.below(20)) + 1);
    op(Opcode::local_set, counter);
    begin(Opcode::loop, {});
    for (uint32_t i = choices_.below(4); i > 0; --i) statement(depth + 1);
    op(Opcode::local_get, counter);
    op(Opcode::i32_const), code_.leb_s32(choices_.below(2) == 0 ? -1 : 1);
    op(Opcode::i32_add), op(Opcode::local_tee, counter);
    if (choices_.below(2) == 0) op(Opcode::i32_const), code_.leb_s32(0), op(Opcode::i32_gt_s);
    op(Opcode::br_if, 0);
    finish();
  }
  void bulk(int depth) {
    address(depth + 1);
    const bool fill = choices_.below(2) == 0;
    fill ? value(i32, depth + 1) : address(depth + 1);
    address(depth + 1);
    if (fill) return op(Opcode::memory_fill, 0);
    op(Opcode::memory_copy, 0), code_.leb_u32(0);
  }

  Choices& choices_;
  const Shape& shape_;
  const FuncType& type_;
  std::vector<ValType> locals_;
  std::vector<std::vector<ValType>> labels_; // types that a branch carries; the innermost last
  ByteWriter code_;
};

Shape choose_shape(Choices& choices) {
  Shape shape;
  const auto some_types = [&](uint32_t below) {
    std::vector<ValType> types;
    for (uint32_t i = choices.below(below); i > 0; --i) types.push_back(value_types[choices.below(5)]);
    return types;
  };
  shape.types.push_back({{i32}, {i32}});
  for (uint32_t i = choices.below(4); i > 0; --i) shape.types.push_back({some_types(5), some_types(3)});
  shape.functions.push_back(0);
  for (uint32_t i = choices.below(4); i > 0; --i)
    shape.functions.push_back(choices.below(static_cast<uint32_t>(shape.types.size())));
  shape.globals = some_types(4);
  return shape;
}

void section(ByteWriter& module, uint8_t id, ByteWriter& content) {
  module.u8(id), module.sized(content.take());
}

void write_types(ByteWriter& out, const std::vector<FuncType>& types) {
  out.leb_u64(types.size());
  for (const FuncType& type : types) {
    out.u8(0x60);
    for (const auto* list : {&type.params, &type.results}) {
      out.leb_u64(list->size());
      for (const ValType value : *list) out.u8(type_code(value));
    }
  }
}

void write_globals(ByteWriter& out, const std::vector<ValType>& globals) {
  out.leb_u64(globals.size());
  for (const ValType type : globals) {
    out.u8(type_code(type)), out.u8(1);
    if (type == i32)
      out.u8(0x41), out.leb_s32(7);
    else if (type == i64)
      out.u8(0x42), out.leb_s64(-9);
    else if (type == f32)
      out.u8(0x43), out.fixed_u32(0x3fc00000);
    else if (type == f64)
      out.u8(0x44), out.fixed_u64(0xc004000000000000);
    else
      out.u8(0xfd), out.u8(0x0c), out.fixed_u64(1), out.fixed_u64(~uint64_t{0});
    out.u8(0x0b);
  }
}

void write_exports(ByteWriter& out, const Shape& shape) {
  out.leb_u64(shape.functions.size() + shape.globals.size() + 1);
  for (uint32_t i = 0; i < shape.functions.size(); ++i)
    out.name("f" + std::to_string(i)), out.u8(0), out.leb_u32(i);
  for (uint32_t i = 0; i < shape.globals.size(); ++i)
    out.name("g" + std::to_string(i)), out.u8(3), out.leb_u32(i);
  out.name("memory"), out.u8(2), out.leb_u32(0);
}

} // namespace

std::vector<std::byte> generate_module(std::span<const uint8_t> bytes) {
  Choices choices(bytes);
  const Shape shape = choose_shape(choices);
  ByteWriter module, part;
  module.fixed_u32(0x6d736100), module.fixed_u32(1);

  write_types(part, shape.types), section(module, 1, part);
  part.leb_u64(shape.functions.size());
  for (const uint32_t type : shape.functions) part.leb_u32(type);
  section(module, 3, part);
  part.u8(1), part.u8(0x70), part.u8(0), part.leb_u32(table_size), section(module, 4, part);
  part.u8(1), part.u8(1), part.leb_u32(1), part.leb_u32(3), section(module, 5, part);
  write_globals(part, shape.globals), section(module, 6, part);
  write_exports(part, shape), section(module, 7, part);
  // The table's last element stays null.
  part.u8(1), part.u8(0), part.u8(0x41), part.u8(0), part.u8(0x0b), part.leb_u32(table_size - 1);
  for (uint32_t i = 0; i + 1 < table_size; ++i)
    part.leb_u32(i % static_cast<uint32_t>(shape.functions.size()));
  section(module, 9, part);
  part.leb_u64(shape.functions.size());
  for (const uint32_t type : shape.functions) part.sized(Body(choices, shape, shape.types[type]).write());
  section(module, 10, part);
  part.u8(1), part.u8(0), part.u8(0x41), part.u8(0), part.u8(0x0b), part.name("0123456789abcdef"),
      section(module, 11, part);
  return module.take();
}

} // namespace skerry::fuzz
