// Operations made from the pure functions of vm/exec/numeric.hpp, for all places of their operands.
//
// An operation is a struct with the type Layout (vm/code/layout.hpp) and the function run(), which executes
// the instruction at `p` and does not change s.pc. straight<Op> is the handler of operation Op.
#pragma once

#include "vm/exec/operands.hpp"

#include <array>
#include <type_traits>
#include <utility>

namespace skerry::vm {

template <class Op> SKERRY_ALIGNED(Op::can_trap ? 64 : 32) SKERRY_HANDLER(straight) {
  SKERRY_STATE
  if constexpr (Op::can_trap) {
    if (const ErrorCode code = Op::run(s, s.pc); code != ErrorCode::none) [[unlikely]]
      TRAP(code);
  } else {
    Op::run(s, s.pc);
  }
  NEXT(sizeof(typename Op::Layout));
}

/// The types of a pure function's parameters and result. A function that cannot trap has the form `R f(A)` or
/// `R f(A, B)`. A function that can trap has the form `ErrorCode f(A, R&)` or `ErrorCode f(A, B, R&)`.
template <class F> struct Signature;
template <class R, class A_> struct Signature<R (*)(A_)> {
  using Result = R;
  using A = A_;
  static constexpr int arity = 1;
  static constexpr bool can_trap = false;
};
template <class R, class A_, class B_> struct Signature<R (*)(A_, B_)> {
  using Result = R;
  using A = A_;
  using B = B_;
  static constexpr int arity = 2;
  static constexpr bool can_trap = false;
};
template <class R, class A_> struct Signature<ErrorCode (*)(A_, R&)> {
  using Result = R;
  using A = A_;
  static constexpr int arity = 1;
  static constexpr bool can_trap = true;
};
template <class R, class A_, class B_> struct Signature<ErrorCode (*)(A_, B_, R&)> {
  using Result = R;
  using A = A_;
  using B = B_;
  static constexpr int arity = 2;
  static constexpr bool can_trap = true;
};
template <auto F> using SignatureOf = Signature<decltype(F)>;

/// d := F(a)
template <auto F, int D, int A> struct Unary {
  using Types = SignatureOf<F>;
  using Layout = layout::Unary;
  static constexpr bool can_trap = Types::can_trap;
  SKERRY_INLINE static ErrorCode run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const auto a = read<typename Types::A, A>(s, i.a);
    if constexpr (can_trap) {
      typename Types::Result result;
      if (const ErrorCode code = F(a, result); code != ErrorCode::none) [[unlikely]]
        return code;
      write<D>(s, i.d, result);
    } else {
      write<D>(s, i.d, F(a));
    }
    return ErrorCode::none;
  }
};

template <class B, int Kind>
using BinaryLayout = std::conditional_t<std::same_as<B, double> && Kind == place::vector_constant,
                                        layout::BinaryF64, layout::Binary>;

/// d := F(a, b). b may be a constant.
template <auto F, int D, int A, int B> struct Binary {
  using Types = SignatureOf<F>;
  using Layout = BinaryLayout<typename Types::B, B>;
  static constexpr bool can_trap = Types::can_trap;
  SKERRY_INLINE static ErrorCode run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const auto a = read<typename Types::A, A>(s, i.a);
    const auto b = read<typename Types::B, B>(s, i.b);
    if constexpr (can_trap) {
      typename Types::Result result;
      if (const ErrorCode code = F(a, b, result); code != ErrorCode::none) [[unlikely]]
        return code;
      write<D>(s, i.d, result);
    } else {
      write<D>(s, i.d, F(a, b));
    }
    return ErrorCode::none;
  }
};

} // namespace skerry::vm
