// The interpreter's handlers, as data. One function per family fills in its part of the table.
#pragma once

#include "skerry/config.hpp"
#include "vm/code/handler_table.hpp"

#include <memory>

namespace skerry::vm {

/// Returns all handlers. Those of vector instructions are for `simd_target`; superinstructions are included
/// only with `fusion`. Called once per engine.
std::shared_ptr<const HandlerTable> make_handler_table(SimdTarget simd_target, bool fusion);

/// Returns the handlers for Config::trace: a handler that traces precedes every instruction, and there are no
/// superinstructions.
std::shared_ptr<const HandlerTable> make_tracing_table(SimdTarget simd_target);

/// Returns a handler that counts how often it is reached (layout::Count), for profiles.
Handler counting_handler();
/// Returns a handler that traces the instruction after it, in the same place.
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
