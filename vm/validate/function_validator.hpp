// Validates function bodies and constant expressions, one instruction at a time (spec §3.4 and §7.5,
// "Validation Algorithm").
#pragma once

#include "skerry/error.hpp"
#include "vm/base/byte_reader.hpp"
#include "vm/isa/instruction.hpp"
#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"
#include "vm/validate/local_types.hpp"
#include "vm/validate/type_stack.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skerry::vm {

struct OpcodeRule;

struct ControlFrame {
  Opcode op; // block, loop, if_, else_ or try_table; for the outermost frame block
  bool is_unreachable;
  BlockType block;
  uint32_t height;     // height of the operand stack where the frame starts
  uint32_t init_count; // number of locals that were initialized before the frame
  uint32_t visited_by; // id of the last br_table that checked this frame's label (br_table_count_)
};

/// Validates functions and constant expressions, one after the other.
class FunctionValidator {
public:
  /// `declared` says for each function whether ref.func may refer to it; null allows all functions. The
  /// module's types must have canonical ids. When the watch expires, validation ends with an error.
  explicit FunctionValidator(const Module& module, const std::vector<bool>* declared = nullptr,
                             LoadWatch* watch = nullptr);
  FunctionValidator(const FunctionValidator&) = delete;
  FunctionValidator& operator=(const FunctionValidator&) = delete;

  /// Validates a whole function.
  Result<void> validate(uint32_t defined_index);
  /// Validates a constant expression that must have type `type`. The expression may refer to the globals
  /// whose index is less than `visible_globals`. Sets the entry in `named` of each function that the
  /// expression refers to. Leaves the reader after the end of the expression.
  Result<void> validate_const_expr(ByteReader& reader, ValType type, uint32_t visible_globals,
                                   std::vector<bool>& named);

private:
  // Functions (function_validator.cpp, frequent.cpp)
  bool is_on_time(uint64_t bytes) {
    return watch_ == nullptr || watch_->spend(bytes) || fail("too late", ErrorKind::trap);
  }
  [[nodiscard]] bool begin(uint32_t defined_index);
  [[nodiscard]] bool decode(Instruction& instr);
  /// Checks the instruction's immediates and applies it to the operand stack and the control frames.
  [[nodiscard]] bool check(const Instruction& instr);
  /// Returns whether the outermost frame has ended.
  bool done() const { return frames_.empty(); }
  /// Charges the memory that the validator takes if it has room for `frames` control frames.
  bool hold(size_t frames) {
    return watch_ == nullptr || watch_->hold(stack_.bytes() + frames * sizeof(ControlFrame)) ||
           fail("too much memory", ErrorKind::limit);
  }
  bool check_frequent();
  bool check_indexed(Opcode op, uint32_t index);
  bool check_plain(Opcode op);
  bool decode_locals(TypeList params);
  bool apply(const OpcodeRule& rule);
  bool check_access(const Instruction& instr, const OpcodeRule& rule);
  bool check_memarg(const MemArg& memarg, const OpcodeRule& rule);
  bool check_lane(const Instruction& instr, const OpcodeRule& rule);

  bool check_const_instruction(const Instruction& instr);

  // Control (control.cpp)
  /// The control frame that a label refers to; label 0 is the innermost frame.
  const ControlFrame& frame_of_label(uint32_t label) const { return frames_[frames_.size() - 1 - label]; }
  // If `block` has a single value type, the returned list is a view of `block`. So `block` must not move
  // while the list is in use.
  TypeList param_types(const BlockType& block) const;
  TypeList result_types(const BlockType& block) const;
  /// The types of the operands that a branch to the frame's label pops.
  TypeList label_types(const ControlFrame& frame) const {
    return frame.op == Opcode::loop ? param_types(frame.block) : result_types(frame.block);
  }
  bool resolve_block_type(BlockType& block);
  bool enter(Opcode op, BlockType block);
  bool else_();
  bool end();
  bool end_of_frame(const ControlFrame& frame);
  void push_frame(Opcode op, const BlockType& block);
  void set_unreachable();
  bool find_label(uint32_t label);
  bool br(uint32_t label);
  bool br_if(uint32_t label);
  bool br_table(const BrTableTargets& targets);
  bool check_targets(const BrTableTargets& targets);
  bool br_on_null(uint32_t label);
  bool br_on_non_null(uint32_t label);
  bool return_();
  bool try_table(const Instruction& instr);
  bool check_catch(const CatchClause& clause);
  bool throw_(uint32_t tag);
  bool find_func(uint32_t index);
  bool find_func_type(uint32_t type);
  bool apply_func_type(uint32_t type);
  bool tail_call(uint32_t type);
  bool call(uint32_t func, bool is_tail);
  bool call_indirect(const Instruction& instr, bool is_tail);
  bool call_ref(uint32_t type, bool is_tail);

  // Parametric, variables, tables, memories (variables.cpp)
  bool drop();
  bool select();
  bool select_typed(const Instruction& instr);
  bool find_local(uint32_t index);
  bool is_initialized(uint32_t local) const;
  void initialize(uint32_t local);
  void forget_initialized(uint32_t count);
  bool local_get(uint32_t index);
  bool local_set(uint32_t index);
  bool local_tee(uint32_t index);
  bool global_get(uint32_t index);
  bool global_set(uint32_t index);
  bool find_table(uint32_t index);
  bool find_memory(uint32_t index);
  bool find_elem(uint32_t index);
  bool find_data(uint32_t index);
  ValType table_address(uint32_t index) const;
  ValType memory_address(uint32_t index) const;
  bool table_instruction(const Instruction& instr);
  bool table_copy(uint32_t destination, uint32_t source);
  bool table_init(uint32_t segment, uint32_t table);
  bool memory_instruction(const Instruction& instr);
  bool memory_copy(uint32_t destination, uint32_t source);

  // References and aggregates (references.cpp)
  /// Checks a type that the module contains, and replaces its type index by a canonical id.
  bool resolve(ValType& type);
  ValType ref_to(uint32_t type, bool is_nullable) const;
  bool ref_func(uint32_t index);
  bool ref_is_null();
  bool ref_as_non_null();
  bool reference_instruction(const Instruction& instr);
  bool cast(const Instruction& instr, bool is_nullable, bool is_test);
  bool br_on_cast(const Instruction& instr, bool on_fail);
  bool convert_reference(HeapType from, HeapType to);
  bool find_type(uint32_t index, CompositeKind kind);
  bool struct_instruction(const Instruction& instr);
  bool struct_new(uint32_t type, bool is_default);
  bool struct_access(const Instruction& instr);
  bool check_packing(ValType storage, bool extends);
  bool array_instruction(const Instruction& instr);
  bool array_new_fixed(uint32_t type, uint32_t count);
  bool array_copy(uint32_t destination, uint32_t source);
  bool array_segment(const Instruction& instr, bool is_new, bool is_data);
  bool check_mutable_array(uint32_t type);

  // Operands. If a pop fails, the error is a type mismatch.
  bool push(ValType type) { return stack_.push(type) || too_many_operands(); }
  bool push(const TypeList& types) { return stack_.push(types) || too_many_operands(); }
  bool pop(ValType type) { return stack_.pop(type) || mismatch({type}); }
  bool pop(const TypeList& types) { return stack_.pop(types) || mismatch(types.to_vector()); }
  bool pop(std::span<const ValType> types) {
    return stack_.pop(types) || mismatch({types.begin(), types.end()});
  }
  bool pop(std::initializer_list<ValType> types) { return pop(std::span(types.begin(), types.size())); }
  bool pop_ref(ValType& type);

  [[gnu::cold]] bool fail(std::string message, ErrorKind kind = ErrorKind::invalid);
  /// Fails with `error` at the instruction that is being checked.
  [[gnu::cold]] bool fail(Error error);
  bool fail_reading();
  [[gnu::cold]] bool unknown(const char* what, uint64_t index, uint64_t count);
  [[gnu::cold]] bool mismatch(std::vector<ValType> required);
  [[gnu::cold]] bool left_over(const ControlFrame& frame);
  [[gnu::cold]] std::string instruction_text() const;
  [[gnu::cold]] bool too_many_comparisons();
  [[gnu::cold]] std::string name_of(ValType type) const;
  [[gnu::cold]] std::string list(std::span<const ValType> types) const;
  [[gnu::cold]] bool too_many_operands();
  [[gnu::cold]] bool needs_feature(Feature feature, std::string_view what);

  const Module& module_;
  const Features& features_;
  const ModuleLimits& limits_;
  const std::vector<bool>* declared_;
  LoadWatch* watch_;
  TypeMatcher matcher_;
  TypeStack stack_;
  ByteReader reader_;
  LocalTypes locals_;
  std::vector<ControlFrame> frames_;
  bool has_i32_memory_ = false; // memory 0 exists, and its address type is i32
  uint32_t func_index_ = Error::no_func;
  uint64_t offset_ = 0; // offset of the instruction that is being checked
  uint32_t br_table_count_ = 0;

  // Locals without a default value must be initialized before they are read. initialized_ lists the locals
  // that have been initialized, in the order of initialization. To find out whether a local is in this list,
  // compare its stamp in init_stamps_ with stamp_: equal stamps mean yes. Each function has its own stamp_,
  // so the stamps need not be cleared.
  std::vector<uint32_t> initialized_;
  std::vector<uint32_t> init_stamps_;
  uint32_t stamp_ = 0;

  // These two members are used only for constant expressions.
  std::vector<bool>* named_ = nullptr;
  uint32_t visible_globals_ = 0;

  std::optional<Error> error_;
};

} // namespace skerry::vm
