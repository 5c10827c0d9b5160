// Turns a C++ callable into a NativeHostFunc at compile time, for Linker::define and Func::create.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/error.hpp"
#include "skerry/instance.hpp"
#include "skerry/out_of_memory.hpp"
#include "skerry/wasm_type.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace skerry::detail {

// --- parameters: a type that wasm_type.hpp lists, or bytes passed as an (i32 pointer, i32 length) pair

template <class T> struct HostParam;

template <WasmValue T> struct HostParam<T> {
  static constexpr size_t slots = WasmType<T>::slots;
  static constexpr std::array types = {WasmType<T>::type};
  bool read(Caller&, const uint64_t* values) noexcept {
    value = WasmType<T>::load(values);
    return true;
  }
  T get() const noexcept { return value; }
  T value;
};

template <> struct HostParam<Ref> {
  static constexpr size_t slots = 1;
  static constexpr std::array types = {externref};
  bool read(Caller& caller, const uint64_t* values) {
    auto ref = caller.to_ref(values[0]);
    if (!ref) [[unlikely]]
      return caller.fail(std::move(ref.error()));
    value = std::move(*ref);
    return true;
  }
  const Ref& get() const noexcept { return value; }
  Ref value;
};

/// Bytes of Caller::memory. The span or text is valid until wasm runs again or the memory grows.
template <class T>
  requires std::same_as<T, std::span<std::byte>> || std::same_as<T, std::span<const std::byte>> ||
           std::same_as<T, std::string_view>
struct HostParam<T> {
  static constexpr size_t slots = 2;
  static constexpr std::array types = {i32, i32};
  bool read(Caller& caller, const uint64_t* values) {
    auto bytes = caller.memory(static_cast<uint32_t>(values[0]), static_cast<uint32_t>(values[1]));
    if (!bytes) return caller.fail(std::move(bytes.error()));
    value = *bytes;
    return true;
  }
  T get() const noexcept {
    if constexpr (std::same_as<T, std::string_view>)
      return {reinterpret_cast<const char*>(value.data()), value.size()};
    else
      return value;
  }
  std::span<std::byte> value;
};

template <class T>
concept HostParameter = requires { HostParam<std::remove_cvref_t<T>>::slots; };

// --- results: a type that wasm_type.hpp lists, or a Result of such a type

template <class R> struct HostResults {
  using Values = WasmResults<R>;
  static bool store(Caller& caller, uint64_t* slots, const R& value) {
    typename Values::Refs refs(caller);
    Values::store(slots, value, refs);
    return refs.has_failed() ? caller.fail(refs.take_error()) : true;
  }
};
template <> struct HostResults<void> {
  using Values = WasmResults<void>;
};
template <class R> struct HostResults<Result<R>> {
  using Values = WasmResults<R>;
  static bool store(Caller& caller, uint64_t* slots, Result<R> result) {
    if (!result) [[unlikely]]
      return caller.fail(std::move(result.error()));
    if constexpr (std::is_void_v<R>)
      return true;
    else
      return HostResults<R>::store(caller, slots, *result);
  }
};

// --- the function that the engine calls

/// Runs `body` and turns its exceptions into the error of the call, because exceptions must not reach the
/// interpreter.
template <class Body> bool guarded([[maybe_unused]] Caller& caller, Body body) {
#if defined(__cpp_exceptions)
  try {
    return unless_out_of_memory(std::move(body),
                                [&] { return caller.fail(Error::out_of_memory("calling a host function")); });
  } catch (const std::exception& exception) {
    return caller.fail(Error(ErrorKind::host, ErrorCode::host_exception, exception.what())
                           .with_host_exception(std::current_exception()));
  } catch (...) {
    return caller.fail(Error(ErrorKind::host, ErrorCode::host_exception, "a host function threw an exception")
                           .with_host_exception(std::current_exception()));
  }
#else
  return body();
#endif
}

template <class F, class R, bool takes_caller, class... Params> struct HostCall {
  static FuncType type() {
    FuncType type;
    [[maybe_unused]] const auto add = [&](const auto& types) {
      type.params.insert(type.params.end(), types.begin(), types.end());
    };
    (add(HostParam<Params>::types), ...);
    type.results = HostResults<R>::Values::types();
    return type;
  }

  static bool native(void* context, Caller& caller, uint64_t* slots) {
    return guarded(caller, [&] { return run(*static_cast<F*>(context), caller, slots); });
  }

private:
  static bool run(F& function, Caller& caller, uint64_t* slots) {
    // All parameters are read before a result is stored, because the results overwrite the parameters' slots.
    std::tuple<HostParam<Params>...> params;
    [[maybe_unused]] const uint64_t* next = slots;
    const auto read = [&]<class P>(P& param) {
      const uint64_t* values = std::exchange(next, next + P::slots);
      return param.read(caller, values);
    };
    if (!std::apply([&](auto&... param) { return (read(param) && ...); }, params)) return false;
    const auto call = [&](const auto&... param) -> R {
      if constexpr (takes_caller)
        return std::invoke(function, caller, param.get()...);
      else
        return std::invoke(function, param.get()...);
    };
    if constexpr (std::is_void_v<R>) {
      std::apply(call, params);
      return true;
    } else
      return HostResults<R>::store(caller, slots, std::apply(call, params));
  }
};

// --- the callable's signature

template <class F, class R, class... Args> struct HostCallOf {
  static_assert((HostParameter<Args> && ...), "a parameter's type has no counterpart in WebAssembly");
  using type = HostCall<F, R, false, std::remove_cvref_t<Args>...>;
};
template <class F, class R, class... Args> struct HostCallOf<F, R, Caller&, Args...> {
  static_assert((HostParameter<Args> && ...), "a parameter's type has no counterpart in WebAssembly");
  using type = HostCall<F, R, true, std::remove_cvref_t<Args>...>;
};

/// The HostCall for a callable F. Signature is a function type, a pointer to a function, or the type of F's
/// call operator.
template <class F, class Signature> struct HostCallFrom;
template <class F, class R, class... A> struct HostCallFrom<F, R(A...)> : HostCallOf<F, R, A...> {};
template <class F, class R, class... A> struct HostCallFrom<F, R(A...) noexcept> : HostCallOf<F, R, A...> {};
template <class F, class Signature> struct HostCallFrom<F, Signature*> : HostCallFrom<F, Signature> {};
template <class F, class C, class R, class... A>
struct HostCallFrom<F, R (C::*)(A...)> : HostCallOf<F, R, A...> {};
template <class F, class C, class R, class... A>
struct HostCallFrom<F, R (C::*)(A...) const> : HostCallOf<F, R, A...> {};
template <class F, class C, class R, class... A>
struct HostCallFrom<F, R (C::*)(A...) noexcept> : HostCallOf<F, R, A...> {};
template <class F, class C, class R, class... A>
struct HostCallFrom<F, R (C::*)(A...) const noexcept> : HostCallOf<F, R, A...> {};

template <class F> struct HostCallFor : HostCallFrom<F, F> {};
template <class F>
  requires requires { &F::operator(); }
struct HostCallFor<F> : HostCallFrom<F, decltype(&F::operator())> {};

/// The context of a NativeHostFunc that forwards calls to a RawHostFunc.
struct RawHostCall {
  RawHostFunc function;
  size_t slots;
  static bool native(void* context, Caller& caller, uint64_t* slots) {
    auto& self = *static_cast<RawHostCall*>(context);
    return guarded(caller, [&] {
      auto done = self.function(caller, std::span(slots, self.slots));
      return done ? true : caller.fail(std::move(done.error()));
    });
  }
};

/// A host function and its type, as Linker::define_native and Func::create_native take them.
struct HostFunction {
  FuncType type;
  NativeHostFunc native = nullptr;
  std::shared_ptr<void> context;
};

template <class F> HostFunction host_function(F&& function) {
  using Callable = std::decay_t<F>;
  using Call = typename HostCallFor<Callable>::type;
  return {Call::type(), &Call::native, std::make_shared<Callable>(std::forward<F>(function))};
}

inline HostFunction raw_host_function(FuncType type, RawHostFunc function) {
  const size_t slots = std::max(slot_count(type.params), slot_count(type.results));
  auto context = std::make_shared<RawHostCall>(RawHostCall{std::move(function), slots});
  return {std::move(type), &RawHostCall::native, std::move(context)};
}

} // namespace skerry::detail

namespace skerry {

template <class F> Result<Func> Func::create(Store& store, F&& function) {
  return catching_out_of_memory("making a host function", [&] {
    auto host = detail::host_function(std::forward<F>(function));
    return create_native(store, host.type, host.native, std::move(host.context));
  });
}

} // namespace skerry
