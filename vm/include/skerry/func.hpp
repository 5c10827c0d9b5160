// TypedFunc: a wasm or host function with a C++ signature that is checked once.
#pragma once

#include "skerry/error.hpp"
#include "skerry/instance.hpp"
#include "skerry/wasm_type.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace skerry {

namespace detail {
/// Returns a usage error unless `func` has this type. A result declared as Ref accepts any reference type.
Result<void> check_signature(const Func& func, const FuncType& type);
} // namespace detail

/// A function called with C++ values. Func::typed and Instance::func make it. wasm_type.hpp lists the types
/// of parameters and results; several results are a std::tuple. A call allocates nothing. Same thread as the
/// store.
template <class R, class... Args> class TypedFunc<R(Args...)> {
public:
  /// Calls the function. Errors: trap, exhaustion, exception, host.
  Result<R> operator()(Args... args) const {
    uint64_t slots[slot_count];
    [[maybe_unused]] uint64_t* next = slots;
    ((WasmType<Args>::store(next, args), next += WasmType<Args>::slots), ...);
    if (auto done = func_.call_raw(slots); !done) [[unlikely]]
      return fail(std::move(done.error()));
    if constexpr (std::is_void_v<R>)
      return {};
    else
      return WasmResults<R>::load(slots);
  }
  /// The function without its C++ signature.
  const Func& func() const noexcept { return func_; }

  /// The WebAssembly type of the signature.
  static FuncType type() { return {{WasmType<Args>::type...}, WasmResults<R>::types()}; }

private:
  friend class Func;
  static constexpr size_t slot_count =
      std::max({size_t{1}, (size_t{0} + ... + WasmType<Args>::slots), WasmResults<R>::slots});

  explicit TypedFunc(Func func) noexcept : func_(func) {}
  Func func_;
};

template <class Signature> Result<TypedFunc<Signature>> Func::typed() const {
  if (auto ok = detail::check_signature(*this, TypedFunc<Signature>::type()); !ok)
    return fail(std::move(ok.error()));
  return TypedFunc<Signature>(*this);
}

template <class Signature> Result<TypedFunc<Signature>> Instance::func(std::string_view name) const {
  auto untyped = func(name);
  if (!untyped) return fail(std::move(untyped.error()));
  auto typed = untyped->typed<Signature>();
  if (!typed) typed.error().with_detail(" (export \"" + std::string(name) + "\")");
  return typed;
}

} // namespace skerry
