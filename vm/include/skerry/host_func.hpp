// Turns a C++ callable into a NativeHostFunc at compile time, for Linker::define and Func::create.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/error.hpp"
#include "skerry/host_param.hpp"
#include "skerry/instance.hpp"
#include "skerry/out_of_memory.hpp"
#include "skerry/wasm_type.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

namespace skerry::detail {

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

/// A member function and the object on which it is called.
template <class Member, class Object> struct BoundMember {
  template <class... Args> decltype(auto) operator()(Args&&... args) const {
    return std::invoke(member, *object, std::forward<Args>(args)...);
  }
  Member member;
  Object* object;
};

/// Binds a member function to the object that Store::set_user_data has set; null if that has another type.
template <class C, class F> BoundMember<F C::*, C> bind_to_user_data(const Caller& caller, F C::* member) {
  return {member, caller.user_data<C>()};
}

/// The error of a call of a member function whose store has no object for it.
Error no_object_for_member();

/// Calls the callable F, whose parameters without Caller& are Args. A member function is called on the object
/// that Store::set_user_data has set.
template <class F, class R, bool takes_caller, class... Args> struct HostCallWith {
  static FuncType type() {
    FuncType type;
    [[maybe_unused]] const auto add = [&](const auto& types) {
      type.params.insert(type.params.end(), types.begin(), types.end());
    };
    (add(HostParam<Args>::types), ...);
    type.results = HostResults<R>::Values::types();
    return type;
  }

  static bool native(void* context, Caller& caller, uint64_t* slots) {
    return guarded(caller, [&] { return run(*static_cast<F*>(context), caller, slots); });
  }

private:
  static bool run(F& function, Caller& caller, uint64_t* slots) {
    // All parameters are read before a result is stored, because the results overwrite the parameters' slots.
    std::tuple<HostParam<Args>...> params;
    [[maybe_unused]] const uint64_t* next = slots;
    const auto read = [&]<class P>(P& param) {
      const uint64_t* values = std::exchange(next, next + P::slots);
      return param.read(caller, values);
    };
    if (!std::apply([&](auto&... param) { return (read(param) && ...); }, params)) return false;
    if constexpr (std::is_member_function_pointer_v<F>) {
      const auto bound = bind_to_user_data(caller, function);
      return bound.object != nullptr ? call(params, caller, slots, bound)
                                     : caller.fail(no_object_for_member());
    } else
      return call(params, caller, slots, function);
  }

  template <class Function>
  static bool call(std::tuple<HostParam<Args>...>& params, Caller& caller, uint64_t* slots,
                   Function& function) {
    const auto invoke = [&](const auto&... param) -> R {
      if constexpr (takes_caller)
        return std::invoke(function, caller, param.get()...);
      else
        return std::invoke(function, param.get()...);
    };
    if constexpr (std::is_void_v<R>) {
      std::apply(invoke, params);
      return true;
    } else
      return HostResults<R>::store(caller, slots, std::apply(invoke, params));
  }
};

template <class F, class Signature> struct HostCall;
template <class F, class R, class... Args>
struct HostCall<F, R(Args...)>
    : HostCallWith<F, std::remove_cvref_t<R>, false, std::remove_cvref_t<Args>...> {};
template <class F, class R, class... Args>
struct HostCall<F, R(Caller&, Args...)>
    : HostCallWith<F, std::remove_cvref_t<R>, true, std::remove_cvref_t<Args>...> {};

// --- the callable's signature

/// The signature R(Args...) of a callable: a function, a pointer to a function or member function, or an
/// object with one call operator. void if there is no such signature.
template <class F> struct SignatureOf {
  using type = void;
};
template <class R, class... A> struct SignatureOf<R(A...)> {
  using type = R(A...);
};
template <class R, class... A> struct SignatureOf<R(A...) noexcept> : SignatureOf<R(A...)> {};
template <class R, class... A> struct SignatureOf<R(A...) const> : SignatureOf<R(A...)> {};
template <class R, class... A> struct SignatureOf<R(A...) const noexcept> : SignatureOf<R(A...)> {};
template <class R, class... A> struct SignatureOf<R(A...)&> : SignatureOf<R(A...)> {};
template <class R, class... A> struct SignatureOf<R(A...) & noexcept> : SignatureOf<R(A...)> {};
template <class R, class... A> struct SignatureOf<R(A...) const&> : SignatureOf<R(A...)> {};
template <class R, class... A> struct SignatureOf<R(A...) const & noexcept> : SignatureOf<R(A...)> {};
template <class F>
  requires std::is_function_v<F>
struct SignatureOf<F*> : SignatureOf<F> {};
template <class F, class C>
  requires std::is_function_v<F>
struct SignatureOf<F C::*> : SignatureOf<F> {};
template <class F>
  requires requires { &F::operator(); }
struct SignatureOf<F> : SignatureOf<decltype(&F::operator())> {};
template <class Member, class Object>
struct SignatureOf<BoundMember<Member, Object>> : SignatureOf<Member> {};

/// The type that a host function which returns R gives to WebAssembly: a Result gives what it holds.
template <class R> struct HostResultOf {
  using type = R;
};
template <class R> struct HostResultOf<Result<R>> : HostResultOf<R> {};

/// How host functions of a signature can be called. `explain` lets the compiler say why they cannot.
template <class Signature> struct HostSignature {
  static constexpr bool is_supported = false;
  static constexpr void explain() {
    static_assert(!std::is_void_v<Signature>,
                  "a host function must be callable with one list of parameters: give the parameters of a "
                  "generic lambda their types, and wrap overloaded functions in a lambda");
  }
};
template <class R, class... Args> struct HostSignature<R(Args...)> {
  using Returned = typename HostResultOf<std::remove_cvref_t<R>>::type;
  static constexpr bool is_supported = (WasmResult<Returned> && ... && HostParameterDeclaration<Args>);
  static constexpr void explain() {
    static_assert((sizeof(ExplainResult<Returned>) + ... + sizeof(ExplainHostParameter<Args>)) != 0);
  }
};
template <class R, class... Args> struct HostSignature<R(Caller&, Args...)> : HostSignature<R(Args...)> {};

/// The context of a NativeHostFunc that forwards calls to a RawHostCallable.
template <class F> struct RawHostCall {
  F function;
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
  using Signature = typename SignatureOf<Callable>::type;
  if constexpr (HostSignature<Signature>::is_supported) {
    using Call = HostCall<Callable, Signature>;
    return {Call::type(), &Call::native, std::make_shared<Callable>(std::forward<F>(function))};
  } else {
    HostSignature<Signature>::explain();
    return {};
  }
}

template <class F> HostFunction raw_host_function(FuncType type, F&& function) {
  using Call = RawHostCall<std::decay_t<F>>;
  const size_t slots = std::max(slot_count(type.params), slot_count(type.results));
  auto context = std::make_shared<Call>(Call{std::forward<F>(function), slots});
  return {std::move(type), &Call::native, std::move(context)};
}

} // namespace skerry::detail

namespace skerry {

template <class F> Result<Func> Func::create(Store& store, F&& function) {
  return catching_out_of_memory("making a host function", [&] {
    auto host = detail::host_function(std::forward<F>(function));
    return create_native(store, host.type, host.native, std::move(host.context));
  });
}

template <RawHostCallable F> Result<Func> Func::create(Store& store, FuncType type, F&& function) {
  return catching_out_of_memory("making a host function", [&] {
    auto host = detail::raw_host_function(std::move(type), std::forward<F>(function));
    return create_native(store, host.type, host.native, std::move(host.context));
  });
}

} // namespace skerry
