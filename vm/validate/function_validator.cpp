#include "vm/validate/function_validator.hpp"

#include "vm/base/address.hpp"
#include "vm/isa/features.hpp"
#include "vm/module/binary_decoder.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/validate/signature.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

constexpr size_t most_listed = 16; // types in a message

} // namespace

FunctionValidator::FunctionValidator(const Module& module, const std::vector<bool>* declared,
                                     LoadWatch* watch)
    : module_(module), features_(module.engine->config.features),
      limits_(module.engine->config.module_limits), declared_(declared), watch_(watch), matcher_(module),
      stack_(matcher_, limits_.operand_slots),
      has_i32_memory_(!module.memories.empty() && !module.memories[0].limits.is_64) {}

Result<void> FunctionValidator::validate(uint32_t defined_index) {
  if (!begin(defined_index)) return skerry::fail(*error_);
  Instruction instr{};
  constexpr uint64_t entry_bytes = 8; // the start and end of a function take as long as reading this many
                                      // bytes
  uint64_t seen = reader_.offset() - entry_bytes;
  while (check_frequent() && !done()) {
    if (!decode(instr) || !check(instr)) break;
    if (!is_on_time(reader_.offset() - std::exchange(seen, reader_.offset()))) break;
  }
  if (error_ || !hold(frames_.capacity())) return skerry::fail(*error_);
  const FuncBody& body = module_.bodies[defined_index];
  if (reader_.offset() == uint64_t{body.offset} + body.size) return {};
  offset_ = reader_.offset();
  fail("section size mismatch: the function says " + std::to_string(body.size) + " bytes, has " +
           std::to_string(offset_ - body.offset),
       ErrorKind::malformed);
  return skerry::fail(*error_);
}

bool FunctionValidator::begin(uint32_t defined_index) {
  const FuncBody& body = module_.bodies[defined_index];
  func_index_ = module_.imported_functions + defined_index;
  error_.reset();
  reader_ = body_reader(module_, body);
  stack_.clear();
  frames_.clear();
  if (!decode_locals(module_.func_type(func_index_).params())) return false;
  push_frame(Opcode::block, {BlockType::Kind::type, {}, module_.functions[func_index_]});
  return true;
}

bool FunctionValidator::decode(Instruction& instr) {
  return decode_instruction(reader_, instr) || fail_reading();
}

/// Decodes the declarations of a function's locals (spec §5.5.13).
bool FunctionValidator::decode_locals(TypeList params) {
  locals_.reset(params);
  uint64_t total = params.size();
  offset_ = reader_.offset();
  const uint32_t runs = reader_.leb_u32();
  for (uint32_t i = 0; i < runs && reader_.ok(); ++i) {
    if (!is_on_time(reader_.offset() - offset_)) return false;
    offset_ = reader_.offset();
    const uint32_t count = reader_.leb_u32();
    ValType type = decode_value_type(reader_);
    if (!reader_.ok()) break;
    total += count;
    if (total > 0xffff'ffff) return fail("too many locals", ErrorKind::malformed);
    if (!type.is_num() && !resolve(type)) return false;
    if (total <= limits_.locals) locals_.add(count, type);
  }
  if (!reader_.ok()) return fail_reading();
  if (total > limits_.locals)
    return fail("too many locals: " + std::to_string(total) + ", the limit is " +
                    std::to_string(limits_.locals),
                ErrorKind::limit);
  if (!locals_.all_defaultable() && init_stamps_.size() < locals_.size()) init_stamps_.resize(locals_.size());
  initialized_.clear();
  ++stamp_;
  return true;
}

Result<void> FunctionValidator::validate_const_expr(ByteReader& reader, ValType type,
                                                    uint32_t visible_globals, std::vector<bool>& named) {
  func_index_ = Error::no_func;
  error_.reset();
  named_ = &named;
  visible_globals_ = visible_globals;
  stack_.clear();
  frames_.clear();
  push_frame(Opcode::block, {BlockType::Kind::value, type, 0});
  Instruction instr{};
  while (!done()) {
    const uint64_t start = reader.offset();
    const bool decoded = decode_instruction(reader, instr);
    if (!decoded) error_ = reader.error();
    if (!is_on_time(reader.offset() - start)) break;
    if (!decoded || !check_const_instruction(instr) || !check(instr)) break;
  }
  named_ = nullptr;
  if (error_) return skerry::fail(*error_);
  return {};
}

/// Checks that an instruction is allowed in a constant expression (spec §3.4.13, "Constant Expressions").
bool FunctionValidator::check_const_instruction(const Instruction& instr) {
  offset_ = instr.offset;
  if (!features_.has(info(instr.op).feature)) return true; // check() then refuses it
  if (!is_constant(instr.op, features_))
    return fail("constant expression required: " + std::string(info(instr.op).text));
  if (instr.op == Opcode::ref_func && instr.index[0] < named_->size()) (*named_)[instr.index[0]] = true;
  if (instr.op != Opcode::global_get) return true;
  if (instr.index[0] >= visible_globals_) return unknown("global", instr.index[0], visible_globals_);
  if (!module_.globals[instr.index[0]].type.is_mutable) return true;
  return fail("constant expression required: global " + std::to_string(instr.index[0]) + " is mutable");
}

bool FunctionValidator::check(const Instruction& instr) {
  const OpcodeRule& rule = opcode_rules[static_cast<size_t>(instr.op)];
  offset_ = instr.offset;
  if (!features_.has(rule.feature)) [[unlikely]]
    return needs_feature(rule.feature, info(instr.op).text);
  const uint32_t index = instr.index[0];
  switch (instr.op) {
  case Opcode::unreachable: set_unreachable(); return true;
  case Opcode::nop: return true;
  case Opcode::block:
  case Opcode::loop:
  case Opcode::if_: return enter(instr.op, instr.block);
  case Opcode::else_: return else_();
  case Opcode::end: return end();
  case Opcode::br: return br(index);
  case Opcode::br_if: return br_if(index);
  case Opcode::br_table: return br_table(instr.br_table);
  case Opcode::return_: return return_();
  case Opcode::call: return call(index, false);
  case Opcode::return_call: return call(index, true);
  case Opcode::call_indirect: return call_indirect(instr, false);
  case Opcode::return_call_indirect: return call_indirect(instr, true);
  case Opcode::call_ref: return call_ref(index, false);
  case Opcode::return_call_ref: return call_ref(index, true);
  case Opcode::throw_: return throw_(index);
  case Opcode::throw_ref: return pop(ValType::ref(HeapType::exn, true)) && (set_unreachable(), true);
  case Opcode::try_table: return try_table(instr);
  case Opcode::br_on_null: return br_on_null(index);
  case Opcode::br_on_non_null: return br_on_non_null(index);
  case Opcode::br_on_cast: return br_on_cast(instr, false);
  case Opcode::br_on_cast_fail: return br_on_cast(instr, true);
  case Opcode::drop: return drop();
  case Opcode::select: return select();
  case Opcode::select_t: return select_typed(instr);
  case Opcode::local_get: return local_get(index);
  case Opcode::local_set: return local_set(index);
  case Opcode::local_tee: return local_tee(index);
  case Opcode::global_get: return global_get(index);
  case Opcode::global_set: return global_set(index);
  case Opcode::table_get:
  case Opcode::table_set:
  case Opcode::table_size:
  case Opcode::table_grow:
  case Opcode::table_fill: return table_instruction(instr);
  case Opcode::table_copy: return table_copy(index, instr.index[1]);
  case Opcode::table_init: return table_init(index, instr.index[1]);
  case Opcode::elem_drop: return find_elem(index);
  case Opcode::memory_size:
  case Opcode::memory_grow:
  case Opcode::memory_fill:
  case Opcode::memory_init: return memory_instruction(instr);
  case Opcode::memory_copy: return memory_copy(index, instr.index[1]);
  case Opcode::data_drop: return find_data(index);
  default: break;
  }
  switch (rule.op_class) {
  case OpClass::numeric:
  case OpClass::trapping:
  case OpClass::constant: return apply(rule);
  case OpClass::load:
  case OpClass::store: return check_access(instr, rule);
  case OpClass::simd_lane: return check_lane(instr, rule);
  case OpClass::special: break;
  }
  return reference_instruction(instr);
}

bool FunctionValidator::apply(const OpcodeRule& rule) {
  if (!pop(std::span(rule.params).first(rule.param_count))) [[unlikely]]
    return false;
  return rule.result_count == 0 || push(rule.result);
}

/// Checks a memory access (spec §3.4.5). In `rule` the address always has type i32. Its actual type is the
/// memory's address type, which may be i64.
bool FunctionValidator::check_access(const Instruction& instr, const OpcodeRule& rule) {
  const MemArg& memarg = instr.memarg;
  if (memarg.memory == 0 && has_i32_memory_ && memarg.align_log2 <= rule.align_log2 &&
      memarg.offset <= 0xffff'ffff) [[likely]]
    return apply(rule);
  if (!check_memarg(memarg, rule)) return false;
  OpcodeRule actual = rule;
  actual.params[0] = memory_address(memarg.memory);
  return apply(actual);
}

bool FunctionValidator::check_memarg(const MemArg& memarg, const OpcodeRule& rule) {
  if (!find_memory(memarg.memory)) return false;
  if (memarg.align_log2 > rule.align_log2)
    return fail("alignment must not be larger than natural: 2^" + std::to_string(memarg.align_log2) +
                ", the natural one is 2^" + std::to_string(rule.align_log2));
  if (memarg.offset > 0xffff'ffff && !module_.memories[memarg.memory].limits.is_64)
    return fail("offset out of range: " + std::to_string(memarg.offset));
  return true;
}

bool FunctionValidator::check_lane(const Instruction& instr, const OpcodeRule& rule) {
  const OpcodeInfo& row = info(instr.op);
  const bool is_shuffle = row.immediate == ImmediateKind::lanes16;
  const uint8_t lane = is_shuffle ? *std::ranges::max_element(instr.bytes) : instr.lane;
  if (lane >= row.lanes)
    return fail("invalid lane index: " + std::to_string(lane) + ", there are " + std::to_string(row.lanes));
  return row.immediate == ImmediateKind::memarg_lane ? check_access(instr, rule) : apply(rule);
}

// ---- Errors

bool FunctionValidator::fail(std::string message, ErrorKind kind) {
  return fail(Error::at(kind, offset_, std::move(message)));
}

bool FunctionValidator::fail(Error error) {
  error_ = std::move(error);
  error_->with_offset(offset_);
  if (func_index_ != Error::no_func) error_->with_func(func_index_);
  return false;
}

bool FunctionValidator::fail_reading() {
  error_ = reader_.error().with_func(func_index_);
  return false;
}

bool FunctionValidator::unknown(const char* what, uint64_t index, uint64_t count) {
  return fail("unknown " + std::string(what) + " " + std::to_string(index) + ": there are " +
              std::to_string(count));
}

bool FunctionValidator::mismatch(std::vector<ValType> required) {
  if (matcher_.is_exhausted()) return too_many_comparisons();
  const std::vector<ValType> seen = stack_.top(required.size());
  return fail("type mismatch: instruction requires " + list(required) + " but stack has " + list(seen) +
              ": " + instruction_text());
}

/// Fails because operands are left when the block of `frame` ends, after its results were popped.
bool FunctionValidator::left_over(const ControlFrame& frame) {
  const TypeList results = result_types(frame.block);
  std::vector<ValType> seen = stack_.top(most_listed);
  const std::string left = list(seen);
  for (const ValType type : results) seen.push_back(type);
  const std::string_view of = frames_.size() > 1              ? info(frame.op).text
                              : func_index_ != Error::no_func ? "function"
                                                              : "expression";
  return fail("type mismatch: block requires " + list(results.to_vector()) + " but stack has " + list(seen) +
              ": " + left + " left over at the end of the " + std::string(of));
}

/// Returns the name of the instruction that is being checked.
std::string FunctionValidator::instruction_text() const {
  ByteReader reader(module_.bytes.subspan(to_size(offset_)));
  Instruction instr{};
  return std::string(decode_instruction(reader, instr) ? info(instr.op).text : "an instruction");
}

bool FunctionValidator::too_many_comparisons() {
  return fail("too many comparisons of operand types: the limit is " +
                  std::to_string(limits_.type_comparisons) + ", and one for each byte of the module",
              ErrorKind::limit);
}

/// Describes a type for messages. A concrete type is described by its type index in the module.
std::string FunctionValidator::name_of(ValType type) const {
  if (type == bottom_type) return "a value";
  if (type == bottom_ref) return "a reference";
  if (!is_concrete(type)) return to_string(type);
  const auto has_id = [&](const CanonicalType* of) { return static_cast<HeapType>(of->id()) == type.heap(); };
  const auto index = std::ranges::find_if(module_.types, has_id) - module_.types.begin();
  return to_string(ValType::ref(static_cast<HeapType>(index), type.is_nullable()));
}

std::string FunctionValidator::list(std::span<const ValType> types) const {
  std::string text = "[";
  for (size_t i = 0; i < std::min(types.size(), most_listed); ++i) text += (i ? " " : "") + name_of(types[i]);
  return text + (types.size() > most_listed ? " ...]" : "]");
}

bool FunctionValidator::too_many_operands() {
  return fail("too many operands: the limit is " + std::to_string(limits_.operand_slots), ErrorKind::limit);
}

bool FunctionValidator::needs_feature(Feature feature, std::string_view what) {
  return fail(unsupported(feature, what));
}

} // namespace skerry::vm
