// Makes the tables of handlers from the handlers of all families.
#include "vm/exec/handlers.hpp"

#include "vm/exec/simd/targets.hpp"

namespace skerry::vm {

namespace {

std::shared_ptr<HandlerTable> all_handlers(SimdTarget simd_target) {
  auto table = std::make_shared<HandlerTable>();
  add_int32_handlers(*table);
  add_int64_handlers(*table);
  add_float_handlers(*table);
  add_conversion_handlers(*table);
  add_branch_handlers(*table);
  add_load_handlers(*table);
  add_store_handlers(*table);
  add_lane_handlers(*table);
  add_move_handlers(*table);
  add_control_handlers(*table);
  add_call_handlers(*table);
  add_stack_op_handlers(*table);
  add_simd_handlers(*table, resolve_simd_target(simd_target));
  return table;
}

} // namespace

std::shared_ptr<const HandlerTable> make_handler_table(SimdTarget simd_target, bool fusion) {
  auto table = all_handlers(simd_target);
  if (fusion) table->sequences = sequence_table();
  return table;
}

std::shared_ptr<const HandlerTable> make_tracing_table(SimdTarget simd_target) {
  auto table = all_handlers(simd_target);
  table->count = tracing_handler();
  return table;
}

} // namespace skerry::vm
