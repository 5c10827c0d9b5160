#include "vm/exec/backtrace.hpp"

#include "skerry/printable.hpp"
#include "vm/runtime/names.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

/// The most frames of one activation in a backtrace. Limits the backtrace of a stack overflow.
constexpr size_t max_frames = 50;

/// Returns the location of a function that has been entered but not translated, and thus has not executed any
/// instruction.
CodeLocation first_instruction(const FramePosition& position) {
  const Module& module = *position.instance->module;
  const FuncBody& body = module.bodies[position.func_index() - module.imported_functions];
  return {body.offset, 0};
}

/// Returns the meter that limits the search for locations. Even if the deadline has passed, the meter allows
/// the amount of work between two checks of the deadline, which is enough to translate most functions.
WorkMeter haste_meter(Store& store, ErrorCode why) {
  store.unseen_work = 0;
  const auto refuse = [](const Store&) -> std::optional<Error> {
    return Error::trap(ErrorCode::interrupted);
  };
  return {store.engine->work_budget,
          store.budget,
          {why == ErrorCode::interrupted ? refuse : check_interrupt, store, store.unseen_work}};
}

} // namespace

Backtrace::Backtrace(Store& store, ErrorCode why) : meter_(haste_meter(store, why)) {
  FramePosition position(store);
  do positions_.push_back(position);
  while (positions_.size() < max_frames && position.to_caller());
  locations_.resize(positions_.size());
  tried_.resize(positions_.size());
}

void Backtrace::locate(size_t index) {
  if (tried_[index] || meter_.has_refused()) return;
  tried_[index] = true;
  if (positions_[index].is_in_stub()) {
    locations_[index] = first_instruction(positions_[index]);
    return;
  }
  const Code* code = positions_[index].code();
  if (code == nullptr) return;
  const CompiledModule& compiled = *positions_[index].instance->compiled;
  const uint32_t defined_index = code->func_index - compiled.module->imported_functions;
  const auto table = compiled.module->engine->side_table(compiled, defined_index, meter_);
  for (size_t i = index; i < positions_.size(); ++i) {
    if (positions_[i].code() != code) continue;
    tried_[i] = true;
    if (table) locations_[i] = (*table)->at(positions_[i].code_offset());
  }
}

std::optional<CodeLocation> Backtrace::innermost() {
  locate(0);
  return locations_[0];
}

Frame Backtrace::describe(size_t index) const {
  const FramePosition& position = positions_[index];
  const Module& module = *position.instance->module;
  Frame frame;
  frame.func_index = position.func_index();
  if (frame.func_index != Error::no_func) frame.func_name = printable(func_name(module, frame.func_index));
  frame.module_name = printable(module.names.module);
  frame.module_offset = locations_[index] ? locations_[index]->module_offset : Frame::unknown_offset;
  return frame;
}

std::vector<Frame> Backtrace::frames() {
  std::vector<Frame> frames;
  for (size_t i = 0; i < positions_.size(); ++i) {
    locate(i);
    frames.push_back(describe(i));
  }
  return frames;
}

} // namespace skerry::vm
