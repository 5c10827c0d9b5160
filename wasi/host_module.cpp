// Defines the WASI functions in a Linker.
#include "skerry/wasi/wasi.hpp"

#include "wasi/functions.hpp"
#include "wasi/host_func.hpp"

#include <string_view>
#include <utility>

namespace skerry::wasi {

namespace {

// A host function finds the State for a call with a copy of FixedState or FoundState. FixedState holds one
// State for all calls. FoundState calls the embedder's function, which returns the Context for the Caller.
struct FixedState {
  State* state;
  State* operator()(Caller&) const { return state; }
};
struct FoundState {
  std::shared_ptr<const ContextOf> context_of;
  State* operator()(Caller& caller) const {
    Context* context = (*context_of)(caller);
    return context ? &context->state() : nullptr;
  }
};

template <auto function, class StateOf> RawHostFunc host_func(const StateOf& state_of, Snapshot snapshot) {
  return [state_of, snapshot](Caller& caller, std::span<uint64_t> slots) -> Result<void> {
    State* state = state_of(caller);
    if (state) return invoke<function>(*state, snapshot, caller, slots);
    return fail(Error(ErrorKind::host, ErrorCode::host_failed, "instance has no WASI context"));
  };
}

template <class StateOf>
void define_all(Linker& linker, std::string_view module, Snapshot snapshot, const StateOf& state_of) {
#define SKERRY_WASI(family, name, parameters, errors)                                                        \
  linker.define_raw(module, #name,                                                                           \
                    Signature<decltype(&abi::name)>::type(std::string_view(#name) != "proc_exit"),           \
                    host_func<&abi::name>(state_of, snapshot));
#include "wasi/functions.def"
#undef SKERRY_WASI
}

template <class StateOf> void define_snapshots(Linker& linker, const StateOf& state_of) {
  define_all(linker, "wasi_snapshot_preview1", Snapshot::preview1, state_of);
  define_all(linker, "wasi_unstable", Snapshot::unstable, state_of);
}

} // namespace

std::optional<Error> memory_problem(const std::optional<MemoryType>& type) {
  if (type && !type->limits.is_64) return std::nullopt;
  const std::string what = type ? "that memory has 64-bit addresses" : "the calling module has none";
  return Error::host("WASI preview 1 works on the 32-bit memory that a module exports as \"memory\" (without "
                     "such an export, on its memory 0), and " +
                     what);
}

void add_to_linker(Linker& linker, Context& context) {
  define_snapshots(linker, FixedState{&context.state()});
}

void add_to_linker(Linker& linker, ContextOf context_of) {
  define_snapshots(linker, FoundState{std::make_shared<const ContextOf>(std::move(context_of))});
}

} // namespace skerry::wasi
