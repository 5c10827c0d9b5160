// Calls. Calls from wasm to wasm never recurse on the host's stack: frames are linked inside the value stack.
//
// A frame is [parameters or results | link | locals | operands]. The link is the return address and the
// distance to the caller's frame in bytes. Arguments are written at the place where the callee's frame
// begins, so a call moves nothing.
//
// Functions of other instances are entered through a bridge below their frame, which holds the caller's
// instance: [return address | distance | instance | result slots]. A copy of the arguments follows as the
// callee's frame. The return address of that frame is `foreign_return`, which undoes all of this.
#include "vm/exec/activation.hpp"
#include "vm/exec/ending_ops.hpp"
#include "vm/exec/handler_rows.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/numeric_ops.hpp"

#include <algorithm>

namespace skerry::vm {
namespace {

#define ENTER(f, size)                                                                                       \
  do {                                                                                                       \
    if (!enter(s, (f), (size))) [[unlikely]]                                                                 \
      TRAP(ErrorCode::call_stack_exhausted);                                                                 \
    POLL;                                                                                                    \
    SKERRY_DISPATCH;                                                                                         \
  } while (false)

/// Calls a host function, whose fuel has been paid. Returns false if the call fails, with the reason in
/// store.error.
SKERRY_INLINE bool call_host(State& s, const FuncInstance& f, uint64_t* slots) {
  Store& store = *s.instance->store;
  save(s);
  store.run.free = slots + std::max(f.params_slots, f.results_slots);
  const bool ok = invoke_host(f, store, s.instance, slots);
  s.fuel = store.run.fuel;
  reload_memory(s);
  return ok;
}

/// Builds the bridge and copies the arguments. Returns the callee's frame, or null if the stack has no room.
[[gnu::noinline]] uint64_t* make_bridge(uint64_t* at, const FuncInstance& f, ModuleInstance* caller,
                                        const std::byte* return_address, uint64_t distance) {
  uint64_t* callee = at + bridge_slots;
  if (reinterpret_cast<std::byte*>(callee) + f.frame_bytes > caller->stack_limit) return nullptr;
  std::memmove(callee, at, f.params_slots * sizeof(uint64_t));
  at[0] = reinterpret_cast<uint64_t>(return_address);
  at[1] = distance;
  at[2] = reinterpret_cast<uint64_t>(caller);
  at[3] = f.results_slots;
  uint64_t* link = frame_at(callee, f.link_offset);
  link[0] = reinterpret_cast<uint64_t>(foreign_return_code());
  link[1] = bridge_slots * sizeof(uint64_t);
  return callee;
}

/// Calls a function of the host or of another instance. The pc must still be that of the call.
#define CALL_OTHER(f, size)                                                                                  \
  do {                                                                                                       \
    const uint32_t distance = call_site(s).distance;                                                         \
    uint64_t* slots = frame_at(s.frame, distance);                                                           \
    if ((f).instance == nullptr) [[likely]] {                                                                \
      PAY(call_site(s).charge.fuel);                                                                         \
      if (!call_host(s, (f), slots)) SKERRY_TAIL(host_failed_handler);                                       \
      s.pc += (size);                                                                                        \
      POLL;                                                                                                  \
      SKERRY_DISPATCH;                                                                                       \
    }                                                                                                        \
    uint64_t* callee_frame = make_bridge(slots, (f), s.instance, s.pc + (size), distance);                   \
    if (callee_frame == nullptr) TRAP(ErrorCode::call_stack_exhausted);                                      \
    s.fuel -= call_site(s).charge.fuel;                                                                      \
    shorten_slice_for_slots(s, (f).params_slots);                                                            \
    s.frame = callee_frame;                                                                                  \
    s.instance = (f).instance;                                                                               \
    reload_memory(s);                                                                                        \
    s.pc = (f).code;                                                                                         \
    POLL;                                                                                                    \
    SKERRY_DISPATCH;                                                                                         \
  } while (false)

SKERRY_HANDLER(call_import_handler) {
  SKERRY_STATE
  const FuncInstance* f = s.instance->functions[layout::at<layout::Call>(s.pc).callee];
  if (f->instance == s.instance) [[unlikely]]
    ENTER(*f, sizeof(layout::Call));
  CALL_OTHER(*f, sizeof(layout::Call));
}

/// Spec §4.6.8: returns whether a function of this type may be called where `expected` is. Needed only if the
/// ids differ.
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
  const auto* f = reinterpret_cast<const FuncInstance*>(table.elements[index]);
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
  return {reinterpret_cast<const FuncInstance*>(ref),
          ref == 0 ? ErrorCode::null_function_reference : ErrorCode::none};
}

/// Returns the called function in the common case: it belongs to this instance and has exactly the expected
/// type. Otherwise returns null. The call handlers jump to other handlers for everything else, because that
/// code must save registers.
SKERRY_INLINE const FuncInstance* own_indirect(const State& s, const layout::CallIndirect& i,
                                               uint64_t index) {
  const TableInstance& table = *s.instance->tables[i.table];
  if (index >= table.size) return nullptr;
  const auto* f = reinterpret_cast<const FuncInstance*>(table.elements[index]);
  const bool is_own = f != nullptr && f->header == i.type && f->instance == s.instance;
  return is_own ? f : nullptr;
}
SKERRY_INLINE const FuncInstance* own_ref(const State& s, uint64_t ref) {
  const auto* f = reinterpret_cast<const FuncInstance*>(ref);
  return f != nullptr && f->instance == s.instance ? f : nullptr;
}

template <int A> SKERRY_HANDLER(call_indirect_other_handler) {
  SKERRY_STATE
  const auto& i = layout::at<layout::CallIndirect>(s.pc);
  const Callee callee = find_indirect(s, i, read<uint64_t, A>(s, i.a));
  if (callee.code != ErrorCode::none) [[unlikely]]
    TRAP(callee.code);
  if (callee.f->instance == s.instance) ENTER(*callee.f, sizeof(layout::CallIndirect));
  CALL_OTHER(*callee.f, sizeof(layout::CallIndirect));
}
template <int A> SKERRY_HANDLER(call_ref_other_handler) {
  SKERRY_STATE
  const Callee callee = find_ref(read<uint64_t, A>(s, layout::at<layout::CallRef>(s.pc).a));
  if (callee.code != ErrorCode::none) [[unlikely]]
    TRAP(callee.code);
  CALL_OTHER(*callee.f, sizeof(layout::CallRef));
}
template <int A> SKERRY_ALIGNED(64) SKERRY_HANDLER(call_indirect_handler) {
  SKERRY_STATE
  const auto& i = layout::at<layout::CallIndirect>(s.pc);
  const FuncInstance* f = own_indirect(s, i, read<uint64_t, A>(s, i.a));
  if (f == nullptr) [[unlikely]]
    SKERRY_TAIL(call_indirect_other_handler<A>);
  ENTER(*f, sizeof(layout::CallIndirect));
}
template <int A> SKERRY_ALIGNED(64) SKERRY_HANDLER(call_ref_handler) {
  SKERRY_STATE
  const FuncInstance* f = own_ref(s, read<uint64_t, A>(s, layout::at<layout::CallRef>(s.pc).a));
  if (f == nullptr) [[unlikely]]
    SKERRY_TAIL(call_ref_other_handler<A>);
  ENTER(*f, sizeof(layout::CallRef));
}

// ---- tail calls (spec §4.6.8)
//
// Functions of other instances are called in the ordinary way. The code after the instruction then returns
// their results.

/// `link_slot` belongs to the frame that is replaced.
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
#define REPLACE_FRAME(f, link)                                                                               \
  do {                                                                                                       \
    if (!replace_frame(s, (f), (link))) [[unlikely]]                                                         \
      TRAP(ErrorCode::call_stack_exhausted);                                                                 \
    POLL;                                                                                                    \
    SKERRY_DISPATCH;                                                                                         \
  } while (false)

SKERRY_HANDLER(return_call_handler) {
  SKERRY_STATE
  const auto& i = layout::at<layout::ReturnCall>(s.pc);
  const FuncInstance* f = own_function(s, i.callee);
  REPLACE_FRAME(*f, i.link);
}
SKERRY_HANDLER(return_call_import_handler) {
  SKERRY_STATE
  const auto& i = layout::at<layout::ReturnCall>(s.pc);
  const FuncInstance* f = s.instance->functions[i.callee];
  if (f->instance == s.instance) [[unlikely]]
    REPLACE_FRAME(*f, i.link);
  CALL_OTHER(*f, sizeof i);
}
template <int A> SKERRY_HANDLER(return_call_indirect_handler) {
  SKERRY_STATE
  const auto& i = layout::at<layout::ReturnCallIndirect>(s.pc);
  const Callee callee = find_indirect(s, i, read<uint64_t, A>(s, i.a));
  if (callee.code != ErrorCode::none) [[unlikely]]
    TRAP(callee.code);
  if (callee.f->instance == s.instance) [[likely]]
    REPLACE_FRAME(*callee.f, i.link);
  CALL_OTHER(*callee.f, sizeof i);
}
template <int A> SKERRY_HANDLER(return_call_ref_handler) {
  SKERRY_STATE
  const auto& i = layout::at<layout::ReturnCallRef>(s.pc);
  const Callee callee = find_ref(read<uint64_t, A>(s, i.a));
  if (callee.code != ErrorCode::none) [[unlikely]]
    TRAP(callee.code);
  if (callee.f->instance == s.instance) [[likely]]
    REPLACE_FRAME(*callee.f, i.link);
  CALL_OTHER(*callee.f, sizeof i);
}

/// A function of another instance returns to this handler, with the bridge as the frame.
SKERRY_HANDLER(foreign_return_handler) {
  SKERRY_STATE
  uint64_t* bridge = s.frame;
  const auto* return_address = reinterpret_cast<const std::byte*>(bridge[0]);
  const uint64_t distance = bridge[1];
  s.instance = reinterpret_cast<ModuleInstance*>(bridge[2]);
  shorten_slice_for_slots(s, bridge[3]);
  std::memmove(bridge, bridge + bridge_slots, bridge[3] * sizeof(uint64_t));
  reload_memory(s);
  s.frame = reinterpret_cast<uint64_t*>(reinterpret_cast<std::byte*>(s.frame) - distance);
  s.pc = return_address;
  SKERRY_DISPATCH;
}

/// The FuncInstance::stub of functions that are not translated yet. Their frame has been entered already.
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
  static constexpr Handler handler = &call_indirect_handler<K...>;
};
template <int... K> struct MakeCallRef {
  static constexpr Handler handler = &call_ref_handler<K...>;
};
template <int... K> struct MakeReturnCallIndirect {
  static constexpr Handler handler = &return_call_indirect_handler<K...>;
};
template <int... K> struct MakeReturnCallRef {
  static constexpr Handler handler = &return_call_ref_handler<K...>;
};

constexpr Handler foreign_return = &foreign_return_handler;

} // namespace

const std::byte* foreign_return_code() { return reinterpret_cast<const std::byte*>(&foreign_return); }

void add_call_handlers(HandlerTable& table) {
  using kind::writable;
  table.call = numbered<Call>();
  table.call_import = {&call_import_handler};
  table.call_indirect = Kinds<MakeCallIndirect, writable>::row();
  table.call_ref = Kinds<MakeCallRef, writable>::row();
  table.return_call = {&return_call_handler};
  table.return_call_import = {&return_call_import_handler};
  table.return_call_indirect = Kinds<MakeReturnCallIndirect, writable>::row();
  table.return_call_ref = Kinds<MakeReturnCallRef, writable>::row();
  table.lazy_stub = &lazy_stub_handler;
}

} // namespace skerry::vm
