// Operations made from the pure functions of vm/exec/numeric.hpp, for every kind of their operands.
//
// An operation is a struct with its encoded size and run(): it reads its operands at `p` and leaves s.pc
// alone. straight<Op> is its handler.
#pragma once

#include "vm/exec/operands.hpp"

#include <array>
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
  NEXT(Op::size);
}

/// Types of a pure function: R f(A), R f(A, B), or with a trap: ErrorCode f(A, R&), ErrorCode f(A, B, R&).
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
  static constexpr bool can_trap = Types::can_trap;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static ErrorCode run(State& s, const std::byte* p) {
    const auto a = read<typename Types::A, A>(s, p, at_a);
    if constexpr (can_trap) {
      typename Types::Result result;
      if (const ErrorCode code = F(a, result); code != ErrorCode::none) [[unlikely]]
        return code;
      write<D>(s, p, at_d, result);
    } else {
      write<D>(s, p, at_d, F(a));
    }
    return ErrorCode::none;
  }
};

/// d := F(a, b); b may be an immediate
template <auto F, int D, int A, int B> struct Binary {
  using Types = SignatureOf<F>;
  static constexpr bool can_trap = Types::can_trap;
  static constexpr uint32_t size = std::is_same_v<typename Types::B, double> && B == kind::vimm ? 24 : 16;
  SKERRY_INLINE static ErrorCode run(State& s, const std::byte* p) {
    const auto a = read<typename Types::A, A>(s, p, at_a);
    const auto b = read_b<typename Types::B, B>(s, p);
    if constexpr (can_trap) {
      typename Types::Result result;
      if (const ErrorCode code = F(a, b, result); code != ErrorCode::none) [[unlikely]]
        return code;
      write<D>(s, p, at_d, result);
    } else {
      write<D>(s, p, at_d, F(a, b));
    }
    return ErrorCode::none;
  }
};

} // namespace skerry::vm
