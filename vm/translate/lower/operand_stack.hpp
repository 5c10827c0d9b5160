// OperandStack: the symbolic operand stack. `local.get` and constants emit no operation. Instead, the
// operation that consumes such an operand names the local or the constant: `local.get 0; i32.const 1;
// i32.add` becomes one operation, `[5] = i32.add [0], 1`. Every operand has a canonical slot, which its
// position on the stack determines. An operand is moved to its slot (flushed) if an operation reads it there.
//
// The work is linear in the body, because each entry is flushed only once. Many values that are all in their
// slots form one entry, called a run. The results of a call with very many results, for example, are one
// entry, and each later step on them takes constant time.
#pragma once

#include "vm/base/choose.hpp"
#include "vm/base/endian.hpp"
#include "vm/isa/operand_type.hpp"
#include "vm/module/type_list.hpp"
#include "vm/translate/ir.hpp"
#include "vm/translate/lower/ir_builder.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <unordered_map>
#include <utility>
#include <vector>

namespace skerry::vm {

/// An operand on the symbolic stack, or a run of operands. An entry is two words, which are passed in
/// registers, because the processor stalls if an entry is written field by field and then read as a whole.
struct StackEntry {
  enum class Where : uint8_t { local, constant, temp, run };
  /// Stands for "no operation" or "no entry" in place of an index.
  static constexpr uint32_t none = ~uint32_t{0};

  Where where;
  OperandType type;
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

  static StackEntry of_local(OperandType type, uint32_t local) {
    return {.where = Where::local, .type = type, .slot = 0, .local = local, .previous = none};
  }
  static StackEntry of_constant(OperandType type, uint64_t value) {
    return {.where = Where::constant, .type = type, .slot = 0, .local = none, .value = value};
  }
  static StackEntry of_temp(OperandType type, uint32_t def, uint32_t slot = 0) {
    return {.where = Where::temp, .type = type, .slot = static_cast<uint16_t>(slot), .def = def, .value = 0};
  }
  bool is_run() const { return where == Where::run; }
  bool is_constant() const { return where == Where::constant; }
  /// The value for an operation's detail: the constant, or 0 if the entry is not a constant.
  uint64_t constant() const { return choose(is_constant(), value, uint64_t{0}); }
  /// Returns the entry's first word, assembled in a register.
  uint64_t head() const {
    const auto at = [](auto field, size_t offset) {
      return static_cast<uint64_t>(field) << shift_to_byte(offset, sizeof field);
    };
    return at(where, offsetof(StackEntry, where)) | at(type, offsetof(StackEntry, type)) |
           at(slot, offsetof(StackEntry, slot)) |
           at(where == Where::local ? local : def, offsetof(StackEntry, local));
  }
};
static_assert(sizeof(StackEntry) == 16);

class OperandStack {
public:
  static constexpr uint32_t none = StackEntry::none;

  OperandStack(IrFunction& function, IrBuilder& ir, Arena& scratch);
  /// Call once, when the function's locals are declared. Operands get the slots from `first_temp` on.
  void begin(uint32_t first_temp);

  // entries
  void push(StackEntry entry);
  void push_temp(OperandType type, uint32_t def) { push(StackEntry::of_temp(type, def)); }
  /// Pushes the result of the last operation.
  void push_result(OperandType type) { push_temp(type, ir_.last()); }
  /// Pushes values that are in their slots.
  void push_all(const TypeList& types);
  StackEntry pop();
  /// Drops the topmost values. `types` lists the types of these values. If they are only a part of a run, the
  /// other values of the run remain a run.
  void drop(const TypeList& types);
  /// Drops entries until there are `height`.
  void truncate(uint32_t height);
  uint32_t height() const { return static_cast<uint32_t>(stack_.size()); }

  // locals
  void get_local(uint32_t local);
  /// Pops the value of local.set or local.tee. If the last operation computes the value, changes that
  /// operation so that it writes directly to the local. Otherwise emits a move. With `tee`, then pushes the
  /// local.
  void set_local(uint32_t local, bool tee);

  // slots
  uint32_t next_slot() const { return next_slot_; } ///< the first slot above the top entry
  uint32_t max_slot() const { return max_slot_; }   ///< the end of the slots used so far
  /// Counts the slots below `end` as used, because an operation writes to them without pushing a value.
  void use_slots_to(uint32_t end) { max_slot_ = std::max(max_slot_, end); }
  /// Returns the slot of the first of the topmost values. `types` lists the types of these values.
  uint32_t first_slot_of(const TypeList& types) { return next_slot_ - slots_of_all(types); }
  /// Returns the index of the entry at which the topmost values begin. `types` lists the types of these
  /// values, which must have been flushed. If the values begin inside a run, divides the run there.
  uint32_t begin_of_top(const TypeList& types);

  /// Flushes the top `count` values, because they will be read in their slots: at a label, or by an operation
  /// that does not name its operands. Takes one step per entry. The total work is nevertheless linear,
  /// because callers then drop the entries.
  void settle(size_t count);
  /// Does the same as settle(), for top values that have these types and stay on the stack after they are
  /// read. Many branches may settle the same values again, so a large number of values becomes a run.
  void settle_for_long(const TypeList& types);
  void flush_all();
  /// Records that all entries are temps or runs in their slots.
  void mark_flushed() { flushed_ = height(); }

  // operands of operations
  /// Returns the entry as an operand. If a constant may have more than 16 bits, the caller must also store
  /// its value in the detail.
  Operand operand(StackEntry entry) const;
  /// For operations that cannot take a constant as an immediate. If the entry is a constant, emits a move of
  /// the constant to the entry's slot, and returns a temp entry for that slot. Returns other entries
  /// unchanged.
  StackEntry materialize(StackEntry entry);
  /// Returns the operation that computes the entry, if it has no side effects and can still be merged into
  /// the operation that reads it. Else returns null.
  Ir* definition(StackEntry entry) {
    return entry.where == StackEntry::Where::temp ? ir_.find_pure(entry.def, entry.slot) : nullptr;
  }

private:
  /// The state of a local on the symbolic stack.
  struct LocalState {
    uint32_t read = none; // the highest stack entry that reads it
    uint32_t slot = 0;
  };

  void push_run(const TypeList& types);
  StackEntry pop_from_run();
  void drop_entry();
  void divide_run(uint32_t index, uint32_t count, uint32_t slot);
  uint32_t slots_of_all(const TypeList& types);
  uint32_t local_of(StackEntry entry) const;
  uint32_t emit_move(uint32_t slot, StackEntry entry);
  void flush(StackEntry& entry);
  void flush_readers(uint32_t local);
  bool can_retarget(StackEntry value) const;

  IrFunction& function_;
  IrBuilder& ir_;
  std::pmr::vector<StackEntry> stack_;
  std::pmr::unordered_map<const uint8_t*, uint32_t> slots_of_many_;
  // One element per local, and a dummy at the end. For a stack entry that is not a local, pop() and operand()
  // access the dummy. That costs less than a branch on the kind of entry, because the kind is unpredictable.
  std::pmr::vector<LocalState> locals_;
  uint32_t no_local_ = 0; // index in locals_ for entries that are not locals
  uint32_t next_slot_ = 0;
  uint32_t max_slot_ = 0;
  uint32_t flushed_ = 0; // entries below this index are temps or runs in their slots
};

// ---- the steps of nearly every instruction

inline void OperandStack::push(StackEntry entry) {
  entry.slot = static_cast<uint16_t>(next_slot_); // too large a frame is rejected after this instruction
  if (entry.where == StackEntry::Where::local)
    entry.previous = std::exchange(locals_[entry.local].read, static_cast<uint32_t>(stack_.size()));
  const uint64_t words[2] = {entry.head(), entry.value};
  StackEntry& added = stack_.emplace_back();
  std::memcpy(&added, &words[0], sizeof words[0]);
  std::memcpy(&added.value, &words[1], sizeof words[1]);
  next_slot_ += slots_of(entry.type);
  max_slot_ = std::max(max_slot_, next_slot_);
}

inline void OperandStack::get_local(uint32_t local) {
  push(StackEntry::of_local(function_.locals[local].type, local));
}

/// Returns the index in locals_ of the local that the entry reads; no_local_ if it reads none.
inline uint32_t OperandStack::local_of(StackEntry entry) const {
  return choose(entry.where == StackEntry::Where::local, entry.local, no_local_);
}

inline StackEntry OperandStack::pop() {
  uint64_t words[2];
  std::memcpy(&words[0], &stack_.back(), sizeof words[0]);
  std::memcpy(&words[1], &stack_.back().value, sizeof words[1]);
  const auto entry = std::bit_cast<StackEntry>(words);
  if (entry.is_run()) [[unlikely]]
    return pop_from_run();
  stack_.pop_back();
  locals_[local_of(entry)].read = static_cast<uint32_t>(entry.previous);
  next_slot_ = entry.slot;
  flushed_ = std::min(flushed_, height());
  return entry;
}

inline Operand OperandStack::operand(StackEntry entry) const {
  const uint32_t slot =
      choose<uint32_t>(entry.where == StackEntry::Where::local, locals_[local_of(entry)].slot, entry.slot);
  return {static_cast<uint16_t>(choose(entry.is_constant(), entry.value, uint64_t{slot})),
          choose(entry.is_constant(), Operand::Where::constant, Operand::Where::slot)};
}

} // namespace skerry::vm
