// ControlLowering: structured control flow, and the values that join at labels.
#pragma once

#include "vm/isa/instruction.hpp"
#include "vm/translate/lower/context.hpp"

#include <cstdint>
#include <memory_resource>
#include <vector>

namespace skerry::vm {

class ControlLowering {
public:
  ControlLowering(LoweringContext& cx, Arena& scratch) : cx_(cx), controls_(scratch), stubs_(&scratch) {}

  /// Opens the function's own block. Call first, once.
  void enter_function();
  /// Returns whether the function's own block has ended.
  bool is_done() const { return controls_.empty(); }

  void enter_block(BlockType type, bool is_loop);
  void enter_if(BlockType type);
  void enter_else();
  void end();

  void branch(uint32_t depth);
  void branch_if(uint32_t depth);
  /// Lowers br_on_null with `when_null`, else br_on_non_null. br_on_null branches without the reference and
  /// falls through with it. br_on_non_null branches with the reference and falls through without it.
  void branch_on_null(uint32_t depth, bool when_null);
  void branch_table(const BrTableTargets& targets);
  void return_();
  void unreachable();

private:
  struct Control {
    enum class Kind : uint8_t { function, block, loop, if_, else_ };
    Kind kind;
    BlockType type;
    uint32_t label;
    uint32_t else_label = no_label;
    uint32_t height = 0; // number of stack entries below the parameters
    uint32_t slot = 0;   // canonical slot of the first parameter and result
    // The last branch table with a stub for this block, and the label of that stub. A table entry leads to a
    // stub if the branch's values are not in this block's slots: the stub moves the values to these slots and
    // jumps to the block's label.
    uint32_t stub_table = no_label, stub_label = no_label;
  };

  TypeList params(const Control& control) const;
  TypeList results(const Control& control) const;
  TypeList label_types(const Control& control) const;
  Control& target(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }

  void open_block(Control& control);
  void end_function();
  void end_block(Control control);
  void join_results(const Control& control);
  void begin_with(const Control& control, const TypeList& types);

  bool needs_move(const Control& control, const TypeList& types);
  void move_to(uint32_t slot, const TypeList& types);
  void jump_to(const Control& control);
  void branch_when(StackEntry condition, uint32_t depth, bool negate);
  void conditional(StackEntry condition, uint32_t label, bool negate);
  uint32_t table_label(uint32_t depth, uint32_t table);
  uint32_t stub_of(uint32_t depth, uint32_t table);
  void emit_stubs(const TypeList& types);

  LoweringContext& cx_;
  ChunkList<Control, 32> controls_;
  std::pmr::vector<uint32_t> stubs_; // depths for which the branch table needs stubs
};

} // namespace skerry::vm
