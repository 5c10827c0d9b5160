#include "vm/exec/activation.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/exec/backtrace.hpp"
#include "vm/exec/trap_error.hpp"
#include "vm/runtime/names.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

Result<void> translate(Store& store, FuncInstance& f) {
  const Module& module = *f.instance->module;
  const uint32_t defined_index = f.func_index - module.imported_functions;
  WorkMeter meter = work_meter(store);
  auto code = store.engine->translate(*f.instance->compiled, defined_index, meter);
  if (!code) {
    Error& error = code.error();
    if (error.func_index() == Error::no_func)
      error.with_func(f.func_index, std::string(func_name(module, f.func_index)));
    if (error.offset() == Error::no_offset) error.with_offset(module.bodies[defined_index].offset);
    return fail(std::move(error));
  }
  f.frame_bytes = (*code)->frame_slots * static_cast<uint32_t>(sizeof(uint64_t));
  f.code = (*code)->bytes.get();
  return {};
}

} // namespace

bool make_callable(Store& store, FuncInstance& f) noexcept {
  auto made = catching_out_of_memory("translating a function", [&]() -> Result<void> {
    if (auto ok = ensure_stack(store); !ok) return ok;
    return f.frame_bytes != 0 ? Result<void>{} : translate(store, f);
  });
  return made || store.fail(std::move(made.error()));
}

bool invoke_host(const FuncInstance& f, Store& store, ModuleInstance* caller, uint64_t* slots) noexcept {
  if (const ErrorCode stop = look_roughly(store); stop != ErrorCode::none) [[unlikely]]
    return store.fail(Error::trap(stop));
  return unless_out_of_memory(
      [&] { return static_cast<const HostFuncInstance&>(f).host->invoke(store, caller, slots); },
      [&] { return store.fail(Error::out_of_memory("calling a host function")); });
}

bool refuse_beside_suspended(Store& store) noexcept {
  auto refused = catching_out_of_memory("calling a function", []() -> Result<void> {
    return fail(Error(ErrorKind::usage, ErrorCode::none, "another call of the store is suspended"));
  });
  return store.fail(std::move(refused.error()));
}

namespace {

/// The most frames in one error. A call through many host functions, with wasm frames between them, could
/// otherwise collect any number of frames.
constexpr size_t most_frames = 200;

/// Adds the backtrace to store.error. Also adds the function and the offset of the innermost frame if the
/// error has none.
void add_backtrace(Store& store, Backtrace& backtrace) {
  Error& error = *store.error;
  std::vector<Frame> frames = error.backtrace();
  for (Frame& frame : backtrace.frames())
    if (frames.size() < most_frames) frames.push_back(std::move(frame));
  const Frame& first = frames.front();
  if (error.func_index() == Error::no_func && error.kind() != ErrorKind::limit) {
    error.with_func(first.func_index, first.func_name);
    if (first.module_offset != Frame::unknown_offset) error.with_offset(first.module_offset);
  }
  error.with_backtrace(std::move(frames));
}

/// Does the work of end_with_trap(), but throws if memory runs out.
Suspension* trap(Store& store, ErrorCode code) {
  Backtrace backtrace(store);
  const std::optional<CodeLocation> location = backtrace.innermost();
  const int64_t owed = location ? location->pending_fuel : 0;
  if (owed > store.fuel_left()) {
    if (Suspension* suspension = suspend_for_fuel(store, ErrorCode::out_of_fuel)) return suspension;
    if (store.error) return nullptr; // there was no memory for the suspension
    code = ErrorCode::out_of_fuel;
    store.fuel_budget = store.run.fuel = 0;
  } else {
    store.run.fuel -= owed;
  }
  store.fail(trap_error(store, code, location));
  add_backtrace(store, backtrace);
  return nullptr;
}

} // namespace

Suspension* end_with_trap(Store& store, ErrorCode code) noexcept {
  const auto say_less = [&]() -> Suspension* {
    if (!store.error) store.fail(Error::trap(code));
    return nullptr;
  };
  return unless_out_of_memory([&] { return trap(store, code); }, say_less);
}

void end_call(Store& store, ErrorCode code) noexcept {
  if (code == ErrorCode::out_of_fuel) store.fuel_budget = store.run.fuel = 0;
  if (code != ErrorCode::none) store.fail(Error::trap(code));
  if (store.error->code() == ErrorCode::exit) return;
  const auto describe = [&] {
    Backtrace backtrace(store, store.error->code());
    add_backtrace(store, backtrace);
  };
  unless_out_of_memory(describe, [] {});
}

namespace {

/// Moves the value stack (Config::move_stack, for tests). move_stack() copies only the slots below run.free,
/// so run.free temporarily points to the end of the innermost frame.
void move_value_stack(Store& store) {
  const FramePosition position(store);
  uint64_t* const free = store.run.free;
  store.run.free = store.run.frame + position.used_slots();
  move_stack(store);
  store.run.free = free;
}

} // namespace

void first_slice(Store& store) noexcept {
  const int64_t slice = std::max<int64_t>(store.engine->config.fuel_slice, 1);
  const int64_t taken = std::min(slice, std::max<int64_t>(store.fuel_budget, 0));
  store.fuel_budget -= taken;
  store.run.fuel += taken;
}

ErrorCode next_slice(Store& store, int64_t needed) noexcept {
  if (const ErrorCode stop = look(store); stop != ErrorCode::none) {
    store.run.fuel -= std::min(needed, std::max<int64_t>(store.fuel_left(), 0));
    return stop;
  }
  // Takes as many whole slices as `needed` requires. A bulk operation may need several.
  const int64_t slice = std::max<int64_t>(store.engine->config.fuel_slice, 1);
  const int64_t owed = std::max<int64_t>(needed - store.run.fuel, 0);
  const int64_t taken = std::min((owed + slice - 1) / slice * slice, std::max<int64_t>(store.fuel_budget, 0));
  store.fuel_budget -= taken;
  store.run.fuel += taken;
  if (store.run.fuel < needed) return ErrorCode::out_of_fuel;
  // The stack may move only in the outermost activation, because host functions of outer activations hold
  // pointers into it.
  if (store.engine->config.move_stack && store.host_depth == 1)
    unless_out_of_memory([&] { move_value_stack(store); }, [] {}); // without memory the stack stays in place
  return ErrorCode::none;
}

Suspension* suspend_for_fuel(Store& store, ErrorCode code) noexcept {
  if (code != ErrorCode::out_of_fuel || !store.may_suspend || store.host_depth != 1) return nullptr;
  unless_out_of_memory([&] { store.suspended = std::make_shared<Suspension>(); },
                       [&] { store.fail(Error::out_of_memory("suspending a call")); });
  Suspension* suspension = suspension_of(store);
  if (suspension == nullptr) return nullptr;
  suspension->fuel = store.fuel_left();
  store.fuel_budget = store.run.fuel = 0;
  return suspension;
}

Suspension* suspend_for_host(Store& store) noexcept {
  Suspension* asked = store.may_suspend && store.host_depth == 1 ? suspension_of(store) : nullptr;
  if (asked != nullptr) store.error.reset();
  return asked;
}

} // namespace skerry::vm
