// The handlers of calls and tail calls. Calls from wasm to wasm never use the native stack: their frames are
// in the value stack.
//
// A frame is [parameters or results | link | locals | operands]. The link consists of the return address and
// the distance in bytes to the caller's frame. The caller writes the arguments where the callee's frame
// begins, so a call moves no values.
//
// A call of a function of another instance puts a bridge between the two frames: [return address | distance |
// caller's instance | number of result slots]. The callee's frame follows the bridge and begins with a copy
// of the arguments. The callee returns to foreign_return_handler, which moves the results to the start of the
// bridge, restores the instance, and continues at the bridge's return address.
#include "vm/base/address.hpp"
#include "vm/exec/activation.hpp"
#include "vm/exec/ending_ops.hpp"
#include "vm/exec/handler_rows.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/numeric_ops.hpp"

#include <algorithm>

namespace skerry::vm {
namespace {

/// The result of the function `enter` of a call operation. `enter` is not a handler and so cannot jump to a
/// handler. Instead, the operation's handler `calling` jumps to the handler that this result demands.
enum class Entry {
  entered,     // continue at s.pc: in the callee's code, or after the call if a host function was called
  trapped,     // s.memory holds the ErrorCode
  unpaid,      // s.memory_size holds the fuel that the call needs
  host_failed, // the reason is in store.error
  uncommon,    // continue with the handler of Op::Uncommon
};
SKERRY_INLINE Entry trapped(State& s, ErrorCode code) {
  pass_to_trap_handler(s, code);
  return Entry::trapped;
}
SKERRY_INLINE Entry unless_exhausted(State& s, bool has_room) {
  return has_room ? Entry::entered : trapped(s, ErrorCode::call_stack_exhausted);
}

template <class Op> SKERRY_ALIGNED(Op::alignment) SKERRY_HANDLER(calling) {
  SKERRY_STATE
  const Entry entry = Op::enter(s);
  if constexpr (Op::has_uncommon) {
    if (entry == Entry::uncommon) [[unlikely]]
      SKERRY_TAIL(calling<typename Op::Uncommon>);
  }
  if (entry == Entry::trapped) [[unlikely]]
    SKERRY_TAIL(trap_handler);
  if (entry == Entry::unpaid) [[unlikely]]
    SKERRY_TAIL(fuel_short_handler);
  if (entry == Entry::host_failed) [[unlikely]]
    SKERRY_TAIL(host_failed_handler);
  POLL;
  SKERRY_DISPATCH;
}
struct Calling {
  static constexpr int alignment = 16;
  static constexpr bool has_uncommon = false;
};

/// Calls a host function. The fuel of the call instruction has been paid. Returns false if the call fails,
/// with the reason in store.error.
SKERRY_INLINE bool call_host(State& s, const FuncInstance& f, uint64_t* slots) {
  Store& store = *s.instance->store;
  save(s);
  store.run.free = slots + std::max(f.params_slots, f.results_slots);
  const bool ok = invoke_host(f, store, s.instance, slots);
  s.fuel = store.run.fuel;
  reload_memory(s);
  return ok;
}

/// Builds a bridge at `at`, and copies the arguments to the callee's frame, which follows the bridge. The
/// bridge may overwrite the arguments. Returns the callee's frame, or null if the stack has no room.
[[gnu::noinline]] uint64_t* make_bridge(uint64_t* at, const uint64_t* args, const FuncInstance& f,
                                        ModuleInstance* caller, uint64_t return_address, uint64_t distance) {
  uint64_t* callee = at + bridge_slots;
  if (reinterpret_cast<std::byte*>(callee) + f.frame_bytes > caller->stack_limit) return nullptr;
  std::memmove(callee, args, f.params_slots * sizeof(uint64_t));
  at[0] = return_address;
  at[1] = distance;
  at[2] = address_of(caller);
  at[3] = f.results_slots;
  uint64_t* link = frame_at(callee, f.link_offset);
  link[0] = address_of(foreign_return_code());
  link[1] = bridge_slots * sizeof(uint64_t);
  return callee;
}

/// Calls a host function. s.pc must be at the call instruction, whose layout has `size` bytes.
SKERRY_INLINE Entry enter_host(State& s, const FuncInstance& f, uint32_t size) {
  const auto& site = call_site(s);
  const int64_t price = site.charge.fuel;
  if (s.fuel < price) [[unlikely]] {
    s.memory_size = static_cast<uint64_t>(price);
    return Entry::unpaid;
  }
  s.fuel -= price;
  if (!call_host(s, f, frame_at(s.frame, site.distance))) return Entry::host_failed;
  s.pc += size;
  return Entry::entered;
}

/// Continues in a function of another instance, whose frame make_bridge has returned.
SKERRY_INLINE Entry enter_bridged(State& s, const FuncInstance& f, uint64_t* callee_frame) {
  if (callee_frame == nullptr) return trapped(s, ErrorCode::call_stack_exhausted);
  s.fuel -= call_site(s).charge.fuel;
  shorten_slice_for_slots(s, f.params_slots);
  s.frame = callee_frame;
  s.instance = f.instance;
  reload_memory(s);
  s.pc = f.code;
  return Entry::entered;
}

/// Calls a host function or a function of another instance. s.pc must be at the call instruction, whose
/// layout has `size` bytes.
SKERRY_INLINE Entry enter_other(State& s, const FuncInstance& f, uint32_t size) {
  if (f.instance == nullptr) [[likely]]
    return enter_host(s, f, size);
  const uint32_t distance = call_site(s).distance;
  uint64_t* args = frame_at(s.frame, distance);
  uint64_t* callee_frame = make_bridge(args, args, f, s.instance, address_of(s.pc + size), distance);
  return enter_bridged(s, f, callee_frame);
}

struct CallImport : Calling {
  using Layout = layout::Call;
  SKERRY_INLINE static Entry enter(State& s) {
    const FuncInstance* f = s.instance->functions[layout::at<Layout>(s.pc).callee];
    if (f->instance == s.instance) [[unlikely]]
      return unless_exhausted(s, vm::enter(s, *f, sizeof(Layout)));
    return enter_other(s, *f, sizeof(Layout));
  }
};

/// Returns whether the type of `f` is a subtype of `expected`, as an indirect call requires (spec §4.6.2).
/// Called only if the type ids differ.
SKERRY_COLD bool is_subtype(const ModuleInstance& instance, const FuncInstance& f, TypeId expected) {
  return instance.store->engine->types.is_subtype(f.type_id(), expected);
}

struct Callee {
  const FuncInstance* f;
  ErrorCode code;
};
template <class Layout> SKERRY_INLINE Callee find_indirect(const State& s, const Layout& i, uint64_t index) {
  const TableInstance& table = *s.instance->tables[i.table];
  if (index >= table.size) [[unlikely]]
    return {nullptr, ErrorCode::undefined_element};
  const auto* f = pointer_to<const FuncInstance>(table.elements[index]);
  if (f == nullptr) [[unlikely]] {
    s.instance->store->run.detail = index;
    return {nullptr, ErrorCode::uninitialized_element};
  }
  const TypeId expected = i.type;
  if (f->header != expected && !is_subtype(*s.instance, *f, expected)) [[unlikely]]
    return {nullptr, ErrorCode::indirect_call_type_mismatch};
  return {f, ErrorCode::none};
}
SKERRY_INLINE Callee find_ref(uint64_t ref) {
  return {pointer_to<const FuncInstance>(ref),
          ref == 0 ? ErrorCode::null_function_reference : ErrorCode::none};
}

/// Returns the called function in the common case: the function belongs to this instance and has exactly the
/// expected type. Otherwise returns null, and the handler of the call jumps to the handler of Op::Uncommon.
/// The code for the other cases is in a separate handler because it must save registers, which would slow the
/// common case down.
SKERRY_INLINE const FuncInstance* own_indirect(const State& s, const layout::CallIndirect& i,
                                               uint64_t index) {
  const TableInstance& table = *s.instance->tables[i.table];
  if (index >= table.size) return nullptr;
  const auto* f = pointer_to<const FuncInstance>(table.elements[index]);
  const bool is_own = f != nullptr && f->header == i.type && f->instance == s.instance;
  return is_own ? f : nullptr;
}
SKERRY_INLINE const FuncInstance* own_ref(const State& s, uint64_t ref) {
  const auto* f = pointer_to<const FuncInstance>(ref);
  return f != nullptr && f->instance == s.instance ? f : nullptr;
}

template <int A> struct CallIndirectOther : Calling {
  using Layout = layout::CallIndirect;
  SKERRY_INLINE static Entry enter(State& s) {
    const auto& i = layout::at<Layout>(s.pc);
    const Callee callee = find_indirect(s, i, read<uint64_t, A>(s, i.a));
    if (callee.code != ErrorCode::none) [[unlikely]]
      return trapped(s, callee.code);
    if (callee.f->instance == s.instance) return unless_exhausted(s, vm::enter(s, *callee.f, sizeof(Layout)));
    return enter_other(s, *callee.f, sizeof(Layout));
  }
};
template <int A> struct CallRefOther : Calling {
  using Layout = layout::CallRef;
  SKERRY_INLINE static Entry enter(State& s) {
    const Callee callee = find_ref(read<uint64_t, A>(s, layout::at<Layout>(s.pc).a));
    if (callee.code != ErrorCode::none) [[unlikely]]
      return trapped(s, callee.code);
    return enter_other(s, *callee.f, sizeof(Layout));
  }
};
template <int A> struct CallIndirect : Calling {
  using Layout = layout::CallIndirect;
  using Uncommon = CallIndirectOther<A>;
  static constexpr int alignment = 64;
  static constexpr bool has_uncommon = true;
  SKERRY_INLINE static Entry enter(State& s) {
    const auto& i = layout::at<Layout>(s.pc);
    const FuncInstance* f = own_indirect(s, i, read<uint64_t, A>(s, i.a));
    if (f == nullptr) [[unlikely]]
      return Entry::uncommon;
    return unless_exhausted(s, vm::enter(s, *f, sizeof(Layout)));
  }
};
template <int A> struct CallRef : Calling {
  using Layout = layout::CallRef;
  using Uncommon = CallRefOther<A>;
  static constexpr int alignment = 64;
  static constexpr bool has_uncommon = true;
  SKERRY_INLINE static Entry enter(State& s) {
    const FuncInstance* f = own_ref(s, read<uint64_t, A>(s, layout::at<Layout>(s.pc).a));
    if (f == nullptr) [[unlikely]]
      return Entry::uncommon;
    return unless_exhausted(s, vm::enter(s, *f, sizeof(Layout)));
  }
};

// ---- tail calls (spec §4.6.2)
//
// A tail call of a host function runs as an ordinary call. The code that follows the tail call instruction
// then returns the results. A tail call of a function of another instance puts one bridge between the caller
// of the current function and the callee. If the current function was called through a bridge, its callee
// uses this bridge, so that chains of tail calls between instances take no more stack.

/// Replaces the current frame, whose link is at `link_slot`, by a frame of `f`. Returns false if the value
/// stack has no room for it.
SKERRY_INLINE bool replace_frame(State& s, const FuncInstance& f, Slot link_slot) {
  if (reinterpret_cast<std::byte*>(s.frame) + f.frame_bytes > s.instance->stack_limit) [[unlikely]]
    return false;
  const uint64_t* own = slot_at(s, link_slot);
  const uint64_t return_address = own[0], distance = own[1];
  copy_down(s.frame, frame_at(s.frame, call_site(s).distance), f.params_slots);
  uint64_t* link = frame_at(s.frame, f.link_offset);
  link[0] = return_address;
  link[1] = distance;
  s.fuel -= call_site(s).charge.fuel;
  shorten_slice_for_slots(s, f.params_slots);
  s.pc = f.code;
  return true;
}

/// Replaces the current frame by a frame of `f`, a function of another instance, or calls `f` if it is a host
/// function.
SKERRY_INLINE Entry return_call_other(State& s, const FuncInstance& f, Slot link_slot, uint32_t size) {
  if (f.instance == nullptr) return enter_host(s, f, size);
  const uint64_t* own = slot_at(s, link_slot);
  if (own[0] != address_of(foreign_return_code())) {
    const uint64_t* args = frame_at(s.frame, call_site(s).distance);
    return enter_bridged(s, f, make_bridge(s.frame, args, f, s.instance, own[0], own[1]));
  }
  if (!replace_frame(s, f, link_slot)) return trapped(s, ErrorCode::call_stack_exhausted);
  s.instance = f.instance;
  reload_memory(s);
  return Entry::entered;
}

struct ReturnCall : Calling {
  SKERRY_INLINE static Entry enter(State& s) {
    const auto& i = layout::at<layout::ReturnCall>(s.pc);
    return unless_exhausted(s, replace_frame(s, *own_function(s, i.callee), i.link));
  }
};
struct ReturnCallImport : Calling {
  SKERRY_INLINE static Entry enter(State& s) {
    const auto& i = layout::at<layout::ReturnCall>(s.pc);
    const FuncInstance* f = s.instance->functions[i.callee];
    if (f->instance == s.instance) [[unlikely]]
      return unless_exhausted(s, replace_frame(s, *f, i.link));
    return return_call_other(s, *f, i.link, sizeof i);
  }
};
/// Replaces the current frame by a frame of the callee. If the callee is a host function, calls it instead.
SKERRY_INLINE Entry return_call(State& s, const Callee& callee, Slot link_slot, uint32_t size) {
  if (callee.code != ErrorCode::none) [[unlikely]]
    return trapped(s, callee.code);
  if (callee.f->instance == s.instance) [[likely]]
    return unless_exhausted(s, replace_frame(s, *callee.f, link_slot));
  return return_call_other(s, *callee.f, link_slot, size);
}
template <int A> struct ReturnCallIndirect : Calling {
  SKERRY_INLINE static Entry enter(State& s) {
    const auto& i = layout::at<layout::ReturnCallIndirect>(s.pc);
    return return_call(s, find_indirect(s, i, read<uint64_t, A>(s, i.a)), i.link, sizeof i);
  }
};
template <int A> struct ReturnCallRef : Calling {
  SKERRY_INLINE static Entry enter(State& s) {
    const auto& i = layout::at<layout::ReturnCallRef>(s.pc);
    return return_call(s, find_ref(read<uint64_t, A>(s, i.a)), i.link, sizeof i);
  }
};

/// A function that was called through a bridge returns to this handler. s.frame is then the bridge.
SKERRY_HANDLER(foreign_return_handler) {
  SKERRY_STATE
  uint64_t* bridge = s.frame;
  const auto* return_address = pointer_to<const std::byte>(bridge[0]);
  const uint64_t distance = bridge[1];
  s.instance = pointer_to<ModuleInstance>(bridge[2]);
  shorten_slice_for_slots(s, bridge[3]);
  std::memmove(bridge, bridge + bridge_slots, to_size(bridge[3]) * sizeof(uint64_t));
  reload_memory(s);
  s.frame = reinterpret_cast<uint64_t*>(reinterpret_cast<std::byte*>(s.frame) - distance);
  s.pc = return_address;
  SKERRY_DISPATCH;
}

/// The FuncInstance::stub of functions that are not translated yet: translates the function and runs it. The
/// caller has already entered the function's frame.
SKERRY_COLD SKERRY_HANDLER(lazy_stub_handler) {
  SKERRY_STATE
  save(s);
  FuncInstance* f = function_of_stub(s.pc);
  Store& store = *s.instance->store;
  if (!make_callable(store, *f)) SKERRY_TAIL(host_failed_handler);
  if (reinterpret_cast<std::byte*>(s.frame) + f->frame_bytes > s.instance->stack_limit) {
    store.fail(Error::trap(ErrorCode::call_stack_exhausted));
    SKERRY_TAIL(host_failed_handler);
  }
  s.pc = f->code;
  SKERRY_DISPATCH;
}

template <int... K> struct MakeCallIndirect {
  static constexpr Handler handler = &calling<CallIndirect<K...>>;
};
template <int... K> struct MakeCallRef {
  static constexpr Handler handler = &calling<CallRef<K...>>;
};
template <int... K> struct MakeReturnCallIndirect {
  static constexpr Handler handler = &calling<ReturnCallIndirect<K...>>;
};
template <int... K> struct MakeReturnCallRef {
  static constexpr Handler handler = &calling<ReturnCallRef<K...>>;
};

constexpr Handler foreign_return = &foreign_return_handler;

} // namespace

const std::byte* foreign_return_code() { return reinterpret_cast<const std::byte*>(&foreign_return); }

void add_call_handlers(HandlerTable& table) {
  using place::writable;
  table.call = numbered<Call>();
  table.call_import = {&calling<CallImport>};
  table.call_indirect = Places<MakeCallIndirect, writable>::row();
  table.call_ref = Places<MakeCallRef, writable>::row();
  table.return_call = {&calling<ReturnCall>};
  table.return_call_import = {&calling<ReturnCallImport>};
  table.return_call_indirect = Places<MakeReturnCallIndirect, writable>::row();
  table.return_call_ref = Places<MakeReturnCallRef, writable>::row();
  table.lazy_stub = &lazy_stub_handler;
}

} // namespace skerry::vm
