// Validates the most frequent instructions directly from the module's bytes. This is fast, because one table
// lookup finds an instruction's rule and no Instruction is made. In unusual cases, such as long numbers,
// missing features and errors, decode() and check() handle the whole instruction instead.
#include "vm/isa/frequent.hpp"
#include "vm/validate/function_validator.hpp"
#include "vm/validate/signature.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

/// How check_frequent handles an instruction.
enum class Handling : uint8_t {
  no,
  numeric,
  access,
  constant,
  local_get,
  local_set,
  local_tee,
  block,
  end,
  indexed,
  plain,
};

/// The properties of a one-byte opcode, in a quarter of a cache line.
struct FrequentRule {
  Handling kind = Handling::no;
  uint8_t align_log2 = 0;
  uint8_t param_count = 0;
  bool has_result = false;
  ValType first, second, result; // first, second: the types of the parameters
};

constexpr Handling handling_of(Opcode op) {
  switch (frequent_of(op)) {
  case Frequent::none: return Handling::no;
  case Frequent::local_get: return Handling::local_get;
  case Frequent::local_set: return Handling::local_set;
  case Frequent::local_tee: return Handling::local_tee;
  case Frequent::block:
  case Frequent::loop:
  case Frequent::if_: return Handling::block;
  case Frequent::end: return Handling::end;
  case Frequent::br:
  case Frequent::br_if:
  case Frequent::call:
  case Frequent::global_get:
  case Frequent::global_set: return Handling::indexed;
  case Frequent::i32_const:
  case Frequent::i64_const: return Handling::constant;
  case Frequent::nop:
  case Frequent::unreachable:
  case Frequent::else_:
  case Frequent::return_:
  case Frequent::drop:
  case Frequent::select: return Handling::plain;
  case Frequent::unary:
  case Frequent::binary: return info(op).feature == Feature::mvp ? Handling::numeric : Handling::no;
  case Frequent::load:
  case Frequent::store: return Handling::access;
  }
  return Handling::no;
}

constexpr std::array<FrequentRule, 256> frequent_rules = [] {
  std::array<FrequentRule, 256> rules{};
  for (size_t byte = 0; byte < rules.size(); ++byte) {
    const Opcode op = one_byte_opcodes[byte];
    if (op == Opcode::invalid) continue;
    const OpcodeRule rule = make_rule(info(op));
    rules[byte] = {handling_of(op), rule.align_log2, rule.param_count, rule.result_count == 1,
                   rule.params[0],  rule.params[1],  rule.result};
  }
  return rules;
}();

/// Each instruction that is handled here takes fewer bytes than this: an opcode, a byte for the alignment,
/// and a number of at most four bytes. As long as this many bytes are left, reads need not check for the end
/// of the body.
constexpr ptrdiff_t longest = 12;

/// Reads an unsigned LEB128 number of at most four bytes. Returns false for a longer number, which may also
/// be malformed.
bool short_number(const std::byte*& at, uint32_t& value) {
  value = static_cast<uint8_t>(*at++);
  if (value < 0x80) [[likely]]
    return true;
  value &= 0x7f;
  for (unsigned shift = 7; shift < 28; shift += 7) {
    const auto byte = static_cast<uint8_t>(*at++);
    value |= uint32_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

/// Reads a block type that takes one byte: empty, a number type, or a type index less than 64. Returns false
/// for other block types.
bool short_block_type(uint8_t code, BlockType& block) {
  const bool is_empty = code == empty_block_type;
  if (code < empty_block_type) {
    block = {BlockType::Kind::type, {}, code};
    return true;
  }
  block = {is_empty ? BlockType::Kind::empty : BlockType::Kind::value, ValType::from_bits(code), 0};
  return is_empty || block.value.is_num();
}

} // namespace

/// Checks an instruction for which the rule is Handling::indexed.
bool FunctionValidator::check_indexed(Opcode op, uint32_t index) {
  switch (op) {
  case Opcode::br: return br(index);
  case Opcode::br_if: return br_if(index);
  case Opcode::call: return call(index, false);
  case Opcode::global_get: return global_get(index);
  default: return global_set(index);
  }
}

/// Checks an instruction for which the rule is Handling::plain.
bool FunctionValidator::check_plain(Opcode op) {
  switch (op) {
  case Opcode::nop: return true;
  case Opcode::unreachable: set_unreachable(); return true;
  case Opcode::else_: return else_();
  case Opcode::return_: return return_();
  case Opcode::select: return select();
  default: return drop();
  }
}

/// Checks instructions up to the first one that is not frequent, and leaves the reader at the start of that
/// instruction. Returns false after an error.
bool FunctionValidator::check_frequent() {
  const std::byte* const begin = reader_.cursor();
  // The caller checks the deadline between two calls of this function. So one call reads at most this many
  // bytes, which may be only a part of a large body.
  constexpr size_t most_bytes = 65'536;
  const std::byte* const end_of_body = begin + std::min(reader_.remaining(), most_bytes);
  const uint64_t begin_offset = reader_.offset();
  const std::byte* start = begin; // start of the instruction that is being checked
  const bool has_plain_locals = locals_.all_defaultable();
  bool ok = true;
  while (end_of_body - start >= longest) {
    const auto byte = static_cast<uint8_t>(*start);
    const FrequentRule& rule = frequent_rules[byte];
    const std::byte* at = start + 1;
    uint32_t index = 0;
    BlockType block;
    // If a case jumps to `done`, the instruction has changed nothing. check() then handles it from its start.
    switch (rule.kind) {
    case Handling::no: goto done;
    case Handling::local_get:
      if (!short_number(at, index) || index >= locals_.size() || !has_plain_locals) goto done;
      if (!stack_.push(locals_[index])) goto done;
      break;
    case Handling::local_set:
      if (!short_number(at, index) || index >= locals_.size() || !has_plain_locals) goto done;
      if (!stack_.pop_equal(locals_[index])) goto done;
      break;
    case Handling::local_tee:
      if (!short_number(at, index) || index >= locals_.size() || !has_plain_locals) goto done;
      if (!stack_.pop_equal(locals_[index]) || !stack_.push(locals_[index])) goto done;
      break;
    case Handling::constant:
      if (!short_number(at, index) || !stack_.push(rule.result)) goto done;
      break;
    case Handling::access:
      if (static_cast<uint8_t>(*at) > rule.align_log2 || !has_i32_memory_) goto done;
      if (!short_number(++at, index)) goto done;
      [[fallthrough]];
    case Handling::numeric: {
      const uint32_t height = stack_.height();
      const bool popped =
          (rule.param_count < 2 || stack_.pop_equal(rule.second)) && stack_.pop_equal(rule.first);
      if (!popped) [[unlikely]] {
        stack_.truncate(height);
        const std::array operands = {rule.first, rule.second};
        if (!stack_.pop(std::span(operands).first(rule.param_count))) goto done;
      }
      // Usually an operand was popped before, so there is room for the result. But in unreachable code it is
      // possible that no operand was popped.
      if (rule.has_result && !stack_.push(rule.result)) {
        ok = too_many_operands();
        break;
      }
      break;
    }
    case Handling::block:
      if (!short_block_type(static_cast<uint8_t>(*at++), block)) goto done;
      offset_ = begin_offset + static_cast<uint64_t>(start - begin);
      ok = enter(one_byte_opcodes[byte], block);
      break;
    case Handling::end:
      offset_ = begin_offset + static_cast<uint64_t>(start - begin);
      ok = end();
      break;
    case Handling::plain:
      offset_ = begin_offset + static_cast<uint64_t>(start - begin);
      ok = check_plain(one_byte_opcodes[byte]);
      break;
    case Handling::indexed:
      if (!short_number(at, index)) goto done;
      offset_ = begin_offset + static_cast<uint64_t>(start - begin);
      ok = check_indexed(one_byte_opcodes[byte], index);
      break;
    }
    start = at;
    if (!ok || frames_.empty()) break;
  }
done:
  reader_.bytes(static_cast<uint64_t>(start - begin));
  return ok;
}

} // namespace skerry::vm
