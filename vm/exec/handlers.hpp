// Makes the tables of the interpreter's handlers. One function per family of instructions adds its handlers
// to a table.
#pragma once

#include "skerry/config.hpp"
#include "vm/code/handler_table.hpp"

#include <memory>

namespace skerry::vm {

/// Returns a table of all handlers, with vector instructions for `simd_target`. Superinstructions are
/// included only if `fusion`. Called once per engine.
std::shared_ptr<const HandlerTable> make_handler_table(SimdTarget simd_target, bool fusion);

/// Returns the table for engines with Config::trace. It has no superinstructions. In code that is
/// translated with this table, a tracing instruction precedes every other instruction.
std::shared_ptr<const HandlerTable> make_tracing_table(SimdTarget simd_target);

/// Returns the handler of the counting instruction, whose form is layout::Count. Profiles put one before an
/// instruction to count how often that instruction is reached.
Handler counting_handler();
/// Returns the handler of the tracing instruction, which traces the instruction that follows it. Its form,
/// too, is layout::Count.
Handler tracing_handler();

void add_int32_handlers(HandlerTable& table);
void add_int64_handlers(HandlerTable& table);
void add_float_handlers(HandlerTable& table);
void add_conversion_handlers(HandlerTable& table);
void add_branch_handlers(HandlerTable& table);
void add_load_handlers(HandlerTable& table);
void add_store_handlers(HandlerTable& table);
void add_lane_handlers(HandlerTable& table);
void add_move_handlers(HandlerTable& table);
void add_control_handlers(HandlerTable& table);
void add_call_handlers(HandlerTable& table);
void add_stack_op_handlers(HandlerTable& table);

/// Returns the superinstructions of vm/code/sequences.def; null in builds that have none.
const SequenceTable* sequence_table();

} // namespace skerry::vm
