#include "vm/exec/frame_walk.hpp"

#include "vm/base/address.hpp"

namespace skerry::vm {

FuncInstance* function_of_stub(const std::byte* pc) {
  static const FuncInstance any(0);
  const auto offset =
      reinterpret_cast<const std::byte*>(&any.stub) - reinterpret_cast<const std::byte*>(&any);
  return reinterpret_cast<FuncInstance*>(const_cast<std::byte*>(pc) - offset);
}

bool FramePosition::is_in_stub() const {
  const Module& module = *instance->module;
  const size_t own = module.functions.size() - module.imported_functions;
  if (own == 0) return false;
  // Here `pc` itself is compared, not the instruction before it. The code of a function may begin directly
  // after the instance's functions, and `pc` may be its first instruction.
  const FuncInstance* first = instance->functions[module.imported_functions];
  return pc >= reinterpret_cast<const std::byte*>(first) &&
         pc < reinterpret_cast<const std::byte*>(first + own);
}

const Code* FramePosition::code() const {
  return is_in_stub() ? nullptr : instance->compiled->code.containing(pc - (is_return_address ? 1 : 0));
}

uint32_t FramePosition::code_offset() const {
  return static_cast<uint32_t>(pc - code()->bytes.get()) - (is_return_address ? 1u : 0u);
}

uint32_t FramePosition::func_index() const {
  if (is_in_stub()) return function_of_stub(pc)->func_index;
  const Code* here = code();
  return here != nullptr ? here->func_index : Error::no_func;
}

uint32_t FramePosition::used_slots() const {
  const Code* here = code();
  return here != nullptr ? here->frame_slots : link_slot() + 2;
}

/// Returns the number of slots from the frame's start to its link, or 0 if the function is unknown.
uint32_t FramePosition::link_slot() const {
  if (is_in_stub()) return function_of_stub(pc)->link_offset / 8;
  const Code* here = code();
  return here != nullptr ? here->link_slot : 0;
}

void FramePosition::leave(const uint64_t* return_address_and_distance) {
  pc = pointer_to<const std::byte>(return_address_and_distance[0]);
  const uint64_t distance = return_address_and_distance[1];
  frame = reinterpret_cast<uint64_t*>(reinterpret_cast<std::byte*>(frame) - distance);
  is_return_address = true;
}

bool FramePosition::to_caller() {
  leave(frame + link_slot());
  if (pc == foreign_return_code()) {
    instance = pointer_to<ModuleInstance>(frame[2]);
    leave(frame);
  }
  return pc != exit_code();
}

} // namespace skerry::vm
