// TypedFunc: a wasm or host function with a C++ signature. The function's type is checked once, when the
// TypedFunc is made.
#pragma once

#include "skerry/error.hpp"
#include "skerry/instance.hpp"
#include "skerry/wasm_type.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace skerry {

namespace detail {
/// Returns a usage error unless the function's type is `type`. Where `type` has the result externref, the
/// function may have any reference type as this result.
Result<void> check_signature(const Func& func, const FuncType& type);
} // namespace detail

namespace detail {

/// Lets the compiler say why T is not a WasmValue.
template <class T> struct ExplainArgument {
  static_assert(WasmValue<T>,
                "a typed function cannot have an argument of this type. Supported are " SKERRY_WASM_VALUES
                ", by value; write other data into the guest's memory and pass its address");
};

/// Lets the compiler say that Signature is not a function type.
template <class Signature> struct ExplainFunctionType {
  static_assert(std::is_function_v<Signature>,
                "the signature of a typed function is a function type, such as int32_t(int32_t, double)");
};

/// Lets the compiler say why there is no TypedFunc with this signature.
template <class Signature> struct ExplainSignature {
  static_assert(sizeof(ExplainFunctionType<Signature>) != 0);
};
template <class R, class... Args> struct ExplainSignature<R(Args...)> {
  static_assert((sizeof(ExplainResult<R>) + ... + sizeof(ExplainArgument<Args>)) != 0);
};

/// Whether there is a TypedFunc with this signature.
template <class Signature> inline constexpr bool is_typed_signature = false;
template <class R, class... Args>
inline constexpr bool is_typed_signature<R(Args...)> = (WasmResult<R> && ... && WasmValue<Args>);

} // namespace detail

/// The TypedFunc of a signature that is not supported. It lets the compiler say what is, and no more.
template <class Signature> class TypedFunc {
public:
  template <class... Args> Result<void> operator()(Args&&... args) const;

private:
  detail::ExplainSignature<Signature> why_;
};

/// A function that is called with C++ values. Func::typed and Instance::func make a TypedFunc. wasm_type.hpp
/// lists the types of parameters and results; several results are returned as a std::tuple or std::pair. A
/// call allocates nothing. Calls must be made on the store's thread.
template <class R, class... Args>
  requires detail::is_typed_signature<R(Args...)>
class TypedFunc<R(Args...)> {
public:
  /// Calls the function. Errors: trap, exhaustion, exception, host. Calls with references have two more
  /// errors: usage, if an argument is not an externref of the store; limit, if a result is a reference and
  /// StoreLimits::heap_bytes has no room for its entry.
  // Arguments are passed by value, because most of them are numbers.
  Result<R> operator()(Args... args) const { // NOLINT(performance-unnecessary-value-param)
    uint64_t slots[slot_count];
    [[maybe_unused]] uint64_t* next = slots;
    Refs refs(func_);
    ((detail::store_value(next, args, refs), next += WasmType<Args>::slots), ...);
    if (refs.has_failed()) [[unlikely]]
      return fail(refs.take_error());
    if (auto done = func_.call_raw(slots); !done) [[unlikely]]
      return fail(std::move(done.error()));
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      Result<R> results(WasmResults<R>::load(slots, refs));
      if (refs.has_failed()) [[unlikely]]
        return fail(refs.take_error());
      return results;
    }
  }
  /// The function without its C++ signature.
  const Func& func() const noexcept { return func_; }

  /// The WebAssembly type of the signature.
  static FuncType type() { return {{WasmType<Args>::type...}, WasmResults<R>::types()}; }

private:
  friend class Func;
  static constexpr size_t slot_count =
      std::max({size_t{1}, (size_t{0} + ... + WasmType<Args>::slots), WasmResults<R>::slots});

  /// RefSlots if an argument or a result is a reference, else NoRefSlots.
  using Refs = std::conditional_t<std::same_as<typename WasmResults<R>::Refs, detail::RefSlots>,
                                  detail::RefSlots, detail::RefSlotsFor<Args...>>;

  explicit TypedFunc(Func func) noexcept : func_(func) {}
  Func func_;
};

template <class Signature> Result<TypedFunc<Signature>> Func::typed() const {
  if constexpr (detail::is_typed_signature<Signature>) {
    if (auto ok = detail::check_signature(*this, TypedFunc<Signature>::type()); !ok)
      return fail(std::move(ok.error()));
    return TypedFunc<Signature>(*this);
  } else
    return TypedFunc<Signature>();
}

template <class Signature> Result<TypedFunc<Signature>> Instance::func(std::string_view name) const {
  auto untyped = func(name);
  if (!untyped) return fail(std::move(untyped.error()));
  auto typed = untyped->typed<Signature>();
  if (!typed) typed.error().with_detail(" (export \"" + std::string(name) + "\")");
  return typed;
}

} // namespace skerry
