// First stage of translation: one pass over a validated body with a symbolic operand stack. `local.get` and
// constants emit nothing; the operations that consume them name the local or the constant. Comparisons are
// fused with branches, and additions and shifts with addresses.
//
// The pass is linear in the body. Entries are flushed to their slots once. A move of many values is one
// operation. The search for an operation to fuse ends after a few operations. Many values in their slots form
// one entry, a run. The results of calls and blocks, and the values that a branch or a block has moved, are
// therefore handled in one step, however often they are handled.
#pragma once

#include "vm/base/choose.hpp"
#include "vm/isa/instruction.hpp"
#include "vm/module/module.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/translate/ir.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace skerry::vm {

class Lowering {
public:
  /// Data that the later stages need is allocated in `kept`, the rest in `scratch`.
  Lowering(const Module& module, const Layout& layout, uint32_t defined_index, Arena& kept, Arena& scratch);
  /// Throws Stopped.
  Result<IrFunction> run();

private:
  static constexpr uint32_t none = ~uint32_t{0};

  /// An operand on the symbolic stack, or a run of operands. Letters are those of the opcode table;
  /// references are 'I'. An entry is two words, which are passed in registers: writing an entry field by
  /// field and then reading it whole stalls the processor.
  struct Entry {
    enum class Where : uint8_t { local, constant, temp, run };
    Where where;
    char letter;
    uint16_t slot; // canonical slot; of a run, the first one
    union {
      uint32_t local; // index
      uint32_t def;   // temp: the operation that computes it, or none
      uint32_t count; // run: number of values, all in their slots; never 0
    };
    union {
      uint64_t value;       // constant
      uint64_t previous;    // local: index of the next lower entry that reads the same local, or none
      const uint8_t* codes; // run: the codes of the types (vm/module/type_list.hpp)
    };
    static Entry of_local(char letter, uint32_t local) {
      return {.where = Where::local, .letter = letter, .slot = 0, .local = local, .previous = none};
    }
    static Entry of_constant(char letter, uint64_t value) {
      return {.where = Where::constant, .letter = letter, .slot = 0, .local = none, .value = value};
    }
    static Entry of_temp(char letter, uint32_t def) {
      return {.where = Where::temp, .letter = letter, .slot = 0, .def = def, .value = 0};
    }
    bool is_run() const { return where == Where::run; }
    /// Assembles the first word in a register.
    uint64_t head() const {
      return static_cast<uint64_t>(where) | static_cast<uint64_t>(letter) << 8 |
             static_cast<uint64_t>(slot) << 16 | uint64_t{where == Where::local ? local : def} << 32;
    }
  };
  static_assert(sizeof(Entry) == 16);
  using Types = TypeList;
  struct Control {
    enum class Kind : uint8_t { function, block, loop, if_, else_ };
    Kind kind;
    BlockType type;
    uint32_t label;
    uint32_t else_label;
    uint32_t height; // number of entries below the parameters
    uint32_t slot;   // canonical slot of the first parameter and result
    // The branch table being lowered, and the label of its stub that moves the values to this block's slots.
    uint32_t stub_table = none, stub_label = none;
  };
  struct LabelInfo {
    bool bound = false;
    int32_t pending = 0;                // fuel that every path to the label still owes
    int32_t stretch = 0;                // the longest stretch of the branches to it
    uint32_t first = none, last = none; // a list in references_
    bool is_referred_to() const { return first != none; }
  };
  struct Reference {
    uint32_t ir;    // index of the operation or of the branch table
    uint32_t entry; // entry of the branch table; none for an operation
    uint32_t next;
  };

  // operands (lowering_operands.cpp)
  void push(Entry entry);
  void push_temp(char letter, uint32_t def);
  void push_results(const Types& types);
  void push_run(const Types& types);
  Entry pop();
  Entry pop_from_run();
  void drop_entry();
  void drop(const Types& types);
  uint32_t slots_of_all(const Types& types);
  uint32_t first_slot_of(const Types& types) { return next_slot_ - slots_of_all(types); }
  uint32_t local_of(Entry entry) const;
  void truncate(uint32_t height);
  Operand operand(Entry entry) const;
  static uint64_t constant_of(Entry entry);
  Ir& emit(Operation operation);
  uint32_t last() const { return ir_.size() - 1; }
  uint32_t emit_move(uint32_t slot, Entry entry);
  void flush(Entry& entry);
  void settle(size_t count);
  void settle_for_long(const Types& types);
  void flush_all();
  uint32_t begin_of_top(const Types& types);
  void divide_run(uint32_t index, uint32_t count, uint32_t slot);
  Entry materialize(Entry entry);
  Ir* definition(Entry entry);
  bool can_sink(uint32_t index) const;
  uint32_t last_live() const;
  void remove(uint32_t index);
  void get_local(uint32_t local);
  void set_local(uint32_t local, bool tee);

  // numeric (lowering_numeric.cpp)
  void numeric(Opcode op);
  void unary(Opcode op, std::string_view signature);
  void binary(Opcode op, std::string_view signature);
  void ternary(Opcode op, std::string_view signature);
  void simd_lane(const Instruction& instr);
  void extract_lane(Opcode op, uint32_t lane);
  void replace_lane(Opcode op, uint32_t lane, Entry vector, Entry value);
  void shuffle(const Instruction& instr);
  bool invert_comparison(Entry entry);
  bool make_lea(Entry shifted, Entry base, uint32_t slot);
  void prepare_int_operands(Opcode& op, Entry& a, Entry& b);

  // memory (lowering_memory.cpp)
  void load(Opcode op, const MemArg& memarg);
  void store(Opcode op, const MemArg& memarg);
  void load_lane(const Instruction& instr, Opcode load_op, Opcode replace_op);
  void store_lane(const Instruction& instr, Opcode extract_op, Opcode store_op);
  bool is_plain_memory(Opcode op, const MemArg& memarg) const;
  struct Address;
  Address address(Entry entry, Opcode op, const MemArg& memarg);
  uint32_t find_definition(uint32_t slot, uint32_t before) const;
  bool fold_addition(Entry& entry, Address& address);
  void fold_index(Entry entry, uint32_t size, Address& address);
  void stack_op(Opcode op, uint32_t pops, std::string_view results, uint64_t first, uint64_t second = 0);

  // control (lowering_control.cpp)
  Types params(const Control& control) const;
  Types results(const Control& control) const;
  Types label_types(const Control& control) const;
  uint32_t new_label();
  void add_reference(uint32_t label, uint32_t ir, uint32_t entry);
  int32_t& charge_of(const Reference& reference);
  void give_references(uint32_t from, uint32_t to);
  void emit_jump(const Control& control);
  void refer_last(uint32_t label);
  void bind(uint32_t label);
  void enter_block(BlockType type, bool is_loop);
  void enter_if(BlockType type);
  void enter_else();
  void end();
  void end_function();
  void end_block(Control control);
  void join_results(const Control& control);
  Control& target(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  void open_block(Control& control);
  bool needs_move(const Control& control, const Types& types);
  void move_to(uint32_t slot, const Types& types);
  void branch(uint32_t depth);
  void branch_if(uint32_t depth);
  void branch_when(Entry condition, uint32_t depth, bool negate);
  void branch_on_null(uint32_t depth, bool when_null);
  void branch_table(const BrTableTargets& targets);
  BranchTarget branch_target(uint32_t depth, uint32_t table, uint32_t entry);
  uint32_t stub_of(uint32_t depth, uint32_t table);
  void conditional(Entry condition, uint32_t label, bool negate);
  bool fuse_condition(Entry condition, bool negate);
  void fuse_count();
  bool counts(const Ir& add, Ir& ir) const;
  void return_();
  void unreachable();

  // fuel (lowering_control.cpp)
  int32_t stretch() const { return longest_stretch - stretch_end_ + pending_; }
  void set_stretch(int32_t instructions) { stretch_end_ = longest_stretch - instructions + pending_; }
  int32_t pay();
  void look();
  /// Charges an instruction that clears or copies slots as much as a bulk instruction for the same number of
  /// bytes.
  void owe_for_slots(uint32_t slots) {
    constexpr uint32_t slots_per_unit = 64 / sizeof(uint64_t);
    pending_ += static_cast<int32_t>(slots / slots_per_unit);
  }

  // calls and other instructions (lowering_calls.cpp, lowering.cpp)
  void call(Operation operation, const CanonicalType& type, CallDetail detail, Operand callee = {});
  void direct_call(uint32_t index, bool is_tail);
  void indirect_call(const Instruction& instr, bool is_tail);
  void ref_call(const Instruction& instr, bool is_tail);
  void select();
  void global_get(uint32_t index);
  void global_set(uint32_t index);
  void lower_frequent(ByteReader& reader);
  void lower(const Instruction& instr);
  void lower_by_class(const Instruction& instr);
  void references_and_bulk(const Instruction& instr);
  void constant(const Instruction& instr);
  bool declare_locals(ByteReader& reader);
  bool skip_dead(const Instruction& instr);
  void count_work();
  void fail(std::string message);

  const Module& module_;
  const Layout& layout_;
  const CanonicalType& type_;
  Arena& arena_; // memory that is freed when this stage ends
  IrFunction function_;
  ChunkList<Ir, 64>& ir_;
  std::pmr::vector<Entry> stack_;
  ChunkList<Control, 32> controls_;
  ChunkList<LabelInfo, 64> labels_;
  ChunkList<Reference, 64> references_; // references to labels
  std::pmr::vector<uint32_t> stubs_;    // depths for which the branch table needs stubs
  std::pmr::unordered_map<const uint8_t*, uint32_t> slots_of_many_;
  /// The state of a local on the symbolic stack.
  struct LocalState {
    uint32_t read = none; // the highest stack entry that reads it
    uint32_t slot = 0;
  };
  // One element per local, and one more for entries that are not locals. The kind of an entry is
  // unpredictable, so a branch on it would cost more than an unused write.
  std::pmr::vector<LocalState> locals_;
  uint32_t defined_index_;
  uint32_t no_local_ = 0;  // index in locals_ for entries that are not locals
  uint32_t next_slot_ = 0; // first slot above the top entry
  uint32_t clean_ = 0;     // entries below this index are temps in their slots
  uint32_t barrier_ = 0;   // end of the operations that must not change: a label or check follows
  int32_t pending_ = 0;    // fuel owed: instructions since the last charge
  int32_t stretch_end_ = longest_stretch; // pending_ must not exceed this without a fuel check
  uint32_t offset_ = 0;                   // module offset of the current instruction
  uint32_t counted_ = 0;                  // module offset up to which the body is counted as work
  uint32_t count_at_ = 0;                 // module offset at which to count more work
  uint32_t max_slot_ = 0;                 // end of the operand slots used
  uint32_t dead_depth_ = 0;               // blocks opened in unreachable code
  uint32_t loop_depth_ = 0;
  bool dead_ = false;
  std::string failure_;
};

/// Returns the letter of a type on the operand stack.
constexpr char letter_of(ValType type) {
  switch (type.kind()) {
  case ValType::i32_: return 'i';
  case ValType::f32_: return 'f';
  case ValType::f64_: return 'F';
  case ValType::v128_: return 'v';
  default: return 'I';
  }
}
/// The same for a byte of a TypeList.
constexpr char letter_of_code(uint8_t code) {
  return code == concrete_code ? 'I' : letter_of(type_of_code[code]);
}
constexpr uint32_t slots_of(char letter) { return letter == 'v' ? 2 : 1; }

// ---- the steps of nearly every instruction

inline void Lowering::push(Entry entry) {
  entry.slot = static_cast<uint16_t>(next_slot_); // too large a frame is rejected after this instruction
  if (entry.where == Entry::Where::local)
    entry.previous = std::exchange(locals_[entry.local].read, static_cast<uint32_t>(stack_.size()));
  const uint64_t words[2] = {entry.head(), entry.value};
  Entry& added = stack_.emplace_back();
  std::memcpy(&added, &words[0], sizeof words[0]);
  std::memcpy(&added.value, &words[1], sizeof words[1]);
  next_slot_ += slots_of(entry.letter);
  max_slot_ = std::max(max_slot_, next_slot_);
}

inline void Lowering::get_local(uint32_t local) {
  push(Entry::of_local(function_.locals[local].letter, local));
}
inline void Lowering::push_temp(char letter, uint32_t def) { push(Entry::of_temp(letter, def)); }

/// Returns an index in locals_.
inline uint32_t Lowering::local_of(Entry entry) const {
  return choose(entry.where == Entry::Where::local, entry.local, no_local_);
}

inline Lowering::Entry Lowering::pop() {
  uint64_t words[2];
  std::memcpy(&words[0], &stack_.back(), sizeof words[0]);
  std::memcpy(&words[1], &stack_.back().value, sizeof words[1]);
  const auto entry = std::bit_cast<Entry>(words);
  if (entry.is_run()) [[unlikely]]
    return pop_from_run();
  stack_.pop_back();
  locals_[local_of(entry)].read = static_cast<uint32_t>(entry.previous);
  next_slot_ = entry.slot;
  clean_ = std::min(clean_, static_cast<uint32_t>(stack_.size()));
  return entry;
}

/// A constant becomes a small constant operand. If it may be large, the caller also stores it in the detail.
inline Operand Lowering::operand(Entry entry) const {
  const bool is_constant = entry.where == Entry::Where::constant;
  const uint32_t slot =
      choose<uint32_t>(entry.where == Entry::Where::local, locals_[local_of(entry)].slot, entry.slot);
  return {static_cast<uint16_t>(choose(is_constant, entry.value, uint64_t{slot})),
          choose(is_constant, Operand::Where::constant, Operand::Where::slot)};
}
/// Returns the constant for the detail, or 0 if the entry is not a constant.
inline uint64_t Lowering::constant_of(Entry entry) {
  return choose(entry.where == Entry::Where::constant, entry.value, uint64_t{0});
}

/// Adds an operation. The caller fills in its operands in place.
inline Ir& Lowering::emit(Operation operation) {
  Ir& added = ir_.emplace_back();
  added.operation = operation;
  added.depth = static_cast<uint8_t>(std::min(loop_depth_, 255u));
  added.offset = offset_;
  added.pending = pending_;
  return added;
}

} // namespace skerry::vm
