// Defines the WASI functions in a Linker.
#include "skerry/wasi/wasi.hpp"

#include "wasi/functions.hpp"
#include "wasi/host_func.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

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

using Invoke = Result<void> (*)(State&, Snapshot, Caller&, std::span<uint64_t>);

template <class StateOf> RawHostFunc host_func(Invoke invoke, const StateOf& state_of, Snapshot snapshot) {
  return [invoke, state_of, snapshot](Caller& caller, std::span<uint64_t> slots) -> Result<void> {
    State* state = state_of(caller);
    if (state) return invoke(*state, snapshot, caller, slots);
    return fail(Error(ErrorKind::host, ErrorCode::host_failed, "instance has no WASI context"));
  };
}

// Older versions of Emscripten split every i64 of an import into two i32 for JavaScript, also in programs
// that need no JavaScript. Only such programs import functions with these types. Their `whence` always is
// that of preview 1: Emscripten used it from October 2019 on, two months before it changed the module's name
// from wasi_unstable. No other value or layout of these functions differs between the snapshots.
template <auto function, class StateOf>
void define_split(Linker& linker, std::string_view module, std::string_view name, const StateOf& state_of) {
  using Type = Signature<decltype(function)>;
  if constexpr (Type::has_wide)
    linker.define_overload(module, name, Type::split_type(true),
                           host_func(invoke_split<function>, state_of, Snapshot::preview1));
}

template <class StateOf>
void define_all(Linker& linker, std::string_view module, Snapshot snapshot, const StateOf& state_of) {
#define SKERRY_WASI(family, name, parameters, errors)                                                        \
  linker.define_raw(module, #name,                                                                           \
                    Signature<decltype(&abi::name)>::type(std::string_view(#name) != "proc_exit"),           \
                    host_func(invoke<&abi::name>, state_of, snapshot));                                      \
  define_split<&abi::name>(linker, module, #name, state_of);
#include "wasi/functions.def"
#undef SKERRY_WASI
}

// A function by which a program tells its host something, which needs no answer.
struct Notification {
  std::string_view module, name;
  size_t parameters; // of type i32
};
constexpr Notification notifications[] = {
    // Emscripten, after memory.grow: JavaScript then needs new views of the memory.
    {"env", "emscripten_notify_memory_growth", 1},
    // Sightglass, around the part of a program that is measured.
    {"bench", "start", 0},
    {"bench", "end", 0},
};

void define_notifications(Linker& linker) {
  const auto ignore = [](Caller&, std::span<uint64_t>) -> Result<void> { return {}; };
  for (const auto& [module, name, parameters] : notifications)
    linker.define_raw(module, name, FuncType{std::vector<ValType>(parameters, i32), {}}, ignore);
}

constexpr std::string_view final_module = "wasi_snapshot_preview1", unstable_module = "wasi_unstable";

template <class StateOf> void define_everything(Linker& linker, const StateOf& state_of) {
  define_all(linker, final_module, Snapshot::preview1, state_of);
  define_all(linker, unstable_module, Snapshot::unstable, state_of);
  define_notifications(linker);
}

bool is_function(std::string_view name) noexcept {
#define SKERRY_WASI(family, function, parameters, errors)                                                    \
  if (name == #function) return true;
#include "wasi/functions.def"
#undef SKERRY_WASI
  return false;
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
  define_everything(linker, FixedState{&context.state()});
}

void add_to_linker(Linker& linker, ContextOf context_of) {
  define_everything(linker, FoundState{std::make_shared<const ContextOf>(std::move(context_of))});
}

bool defines(std::string_view module, std::string_view name) noexcept {
  if (module == final_module || module == unstable_module) return is_function(name);
  return std::ranges::any_of(notifications,
                             [&](const auto& one) { return one.module == module && one.name == name; });
}

} // namespace skerry::wasi
