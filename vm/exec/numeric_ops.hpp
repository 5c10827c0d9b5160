// Operations made from the pure functions of vm/exec/numeric.hpp, for every kind of their operands.
//
// An operation is a struct with its encoded size and run(): it reads its operands at `p` and leaves s.pc
// alone. straight<Op> is its handler.
#pragma once

#include "vm/exec/operands.hpp"

#include <array>
#include <utility>

namespace skerry::vm {

template <class Op> SKERRY_HANDLER(straight) {
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

/// Index I of a table with these dimensions, the last running fastest, as one index per dimension.
template <int... Dims> constexpr std::array<int, sizeof...(Dims)> split_index(size_t index) {
  constexpr std::array<int, sizeof...(Dims)> dims = {Dims...};
  std::array<int, sizeof...(Dims)> split{};
  for (size_t i = dims.size(); i-- > 0; index /= static_cast<size_t>(dims[i]))
    split[i] = static_cast<int>(index % static_cast<size_t>(dims[i]));
  return split;
}

/// The handlers Make<k0, k1, …>::handler for all combinations of kinds.
template <template <int...> class Make, int... Dims> struct Kinds {
  static constexpr size_t count = (size_t{1} * ... * size_t{Dims});
  template <size_t I, size_t... J> static constexpr Handler one(std::index_sequence<J...>) {
    constexpr auto split = split_index<Dims...>(I);
    return Make<split[J]...>::handler;
  }
  template <size_t... I> static constexpr std::array<Handler, count> all(std::index_sequence<I...>) {
    return {one<I>(std::make_index_sequence<sizeof...(Dims)>())...};
  }
  static constexpr std::array<Handler, count> table = all(std::make_index_sequence<count>());
};

/// All handlers of a numeric instruction, as HandlerTable::numeric wants them.
template <auto F> struct Numeric {
  using Types = SignatureOf<F>;
  static constexpr int d_kinds = writable_kinds<typename Types::Result>;
  static constexpr int a_kinds = writable_kinds<typename Types::A>;
  template <int... K> struct One {
    static constexpr Handler handler = &straight<Unary<F, K...>>;
  };
  template <int... K> struct Two {
    static constexpr Handler handler = &straight<Binary<F, K...>>;
  };
  static constexpr const Handler* handlers() {
    if constexpr (Types::arity == 1)
      return Kinds<One, d_kinds, a_kinds>::table.data();
    else
      return Kinds<Two, d_kinds, a_kinds, readable_kinds<typename Types::B>>::table.data();
  }
};

} // namespace skerry::vm
