#include "vm/exec/activation.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/exec/trap_error.hpp"
#include "vm/runtime/names.hpp"

#include <algorithm>

namespace skerry::vm {

FuncInstance* function_of_stub(const std::byte* pc) {
  static constexpr FuncInstance any{};
  const auto offset =
      reinterpret_cast<const std::byte*>(&any.stub) - reinterpret_cast<const std::byte*>(&any);
  return reinterpret_cast<FuncInstance*>(const_cast<std::byte*>(pc) - offset);
}

namespace {

Result<void> translate(Store& store, FuncInstance& f) {
  const Module& module = *f.instance->module;
  auto code = store.engine->translate(module, f.func_index - module.imported_functions);
  if (!code) return fail(std::move(code.error()));
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

bool is_stub(const ModuleInstance& instance, const std::byte* pc) {
  const FuncInstance* f = function_of_stub(pc);
  const Module& module = *instance.module;
  const size_t own = module.functions.size() - module.imported_functions;
  if (own == 0) return false;
  const FuncInstance* first = instance.functions[module.imported_functions];
  return f >= first && f < first + own;
}

/// One wasm frame of the running activation.
struct Position {
  const std::byte* pc;
  uint64_t* frame;
  ModuleInstance* instance;
  bool is_return_address = false; // pc is behind the instruction that runs

  uint32_t func_index() const {
    if (is_stub(*instance, pc)) return function_of_stub(pc)->func_index;
    const Code* code = code_here();
    return code != nullptr ? code->func_index : Error::no_func;
  }
  const Code* code_here() const {
    return instance->module->code.containing(pc - (is_return_address ? 1 : 0));
  }

  CodeLocation location() const {
    const Code* code = is_stub(*instance, pc) ? nullptr : code_here();
    if (code == nullptr) return {};
    const Module& module = *instance->module;
    const auto offset = static_cast<uint32_t>(pc - code->bytes.get()) - (is_return_address ? 1u : 0u);
    return module.engine->locate(module, code->func_index - module.imported_functions, offset);
  }

  /// Slots from the frame's start to its link; 0 when the frame is not known.
  uint32_t link_slot() const {
    if (is_stub(*instance, pc)) return function_of_stub(pc)->link_offset / 8;
    const Code* code = code_here();
    return code != nullptr ? code->link_slot : 0;
  }

  void leave(const uint64_t* return_address_and_distance) {
    pc = reinterpret_cast<const std::byte*>(return_address_and_distance[0]);
    const uint64_t distance = return_address_and_distance[1];
    frame = reinterpret_cast<uint64_t*>(reinterpret_cast<std::byte*>(frame) - distance);
    is_return_address = true;
  }

  /// Goes to the caller; false at the outermost function.
  bool to_caller() {
    leave(frame + link_slot());
    if (pc == foreign_return_code()) {
      instance = reinterpret_cast<ModuleInstance*>(frame[2]);
      leave(frame);
    }
    return pc != exit_code();
  }
};

Frame describe(const Position& position) {
  const Module& module = *position.instance->module;
  Frame frame;
  frame.func_index = position.func_index();
  if (frame.func_index != Error::no_func) frame.func_name = std::string(func_name(module, frame.func_index));
  frame.module_name = module.names.module;
  frame.module_offset = position.location().module_offset;
  return frame;
}

/// Enough to see where a call came from, few enough for a stack overflow.
constexpr size_t max_frames = 50;

std::vector<Frame> backtrace(Position position) {
  std::vector<Frame> frames;
  do frames.push_back(describe(position));
  while (frames.size() < max_frames && position.to_caller());
  return frames;
}

/// As finish_trap, but throws where memory runs out; store.error says less then.
void describe_trap(Store& store, ErrorCode code, bool charged) {
  const Position position{store.run.pc, store.run.frame, store.run.instance};
  const CodeLocation location = position.location();
  if (code != ErrorCode::none) store.fail(trap_error(store, code, location.module_offset));
  if (!charged) store.run.fuel -= location.pending_fuel;
  Error& error = *store.error;
  if (error.code() == ErrorCode::exit) return;
  std::vector<Frame> frames = error.backtrace();
  for (Frame& frame : backtrace(position)) frames.push_back(std::move(frame));
  if (error.func_index() == Error::no_func && error.kind() != ErrorKind::limit)
    error.with_func(frames.front().func_index, frames.front().func_name)
        .with_offset(frames.front().module_offset);
  error.with_backtrace(std::move(frames));
}

} // namespace

void finish_trap(Store& store, ErrorCode code, bool charged) noexcept {
  if (code != ErrorCode::none) store.fail(Error::trap(code));
  unless_out_of_memory([&] { describe_trap(store, code, charged); }, [] {});
}

namespace {

/// For the test mode: what of the stack is in use at a slice end.
void move_value_stack(Store& store) {
  const Position position{store.run.pc, store.run.frame, store.run.instance};
  const Code* code = is_stub(*position.instance, position.pc) ? nullptr : position.code_here();
  const uint32_t used = code != nullptr ? code->frame_slots : position.link_slot() + 2;
  uint64_t* const free = store.run.free;
  store.run.free = store.run.frame + used;
  move_stack(store);
  store.run.free = free;
}

} // namespace

ErrorCode next_slice(Store& store) noexcept {
  if (const auto stop = check_interrupt(store)) return stop->code();
  // As many whole slices as are owed, which may be several after a bulk operation.
  const int64_t slice = std::max<int64_t>(store.engine->config.fuel_slice, 1);
  const int64_t owed = std::max<int64_t>(-store.run.fuel, 0);
  const int64_t taken = std::min((owed + slice - 1) / slice * slice, std::max<int64_t>(store.fuel_budget, 0));
  store.fuel_budget -= taken;
  store.run.fuel += taken;
  if (store.run.fuel < 0) return ErrorCode::out_of_fuel;
  // Host functions further out hold pointers into the stack.
  if (store.engine->config.move_stack && store.host_depth == 1)
    unless_out_of_memory([&] { move_value_stack(store); }, [] {}); // it stays where it is
  return ErrorCode::none;
}

Suspension* suspend_for_fuel(Store& store, ErrorCode code) noexcept {
  if (code != ErrorCode::out_of_fuel || !store.may_suspend || store.host_depth != 1) return nullptr;
  unless_out_of_memory([&] { store.suspended = std::make_shared<Suspension>(); },
                       [&] { store.fail(Error::out_of_memory("suspending a call")); });
  return suspension_of(store);
}

Suspension* suspend_for_host(Store& store) noexcept {
  Suspension* asked = store.may_suspend && store.host_depth == 1 ? suspension_of(store) : nullptr;
  if (asked != nullptr) store.error.reset();
  return asked;
}

} // namespace skerry::vm
