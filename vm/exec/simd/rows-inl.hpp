// Builds the handlers of the vector rows of the opcode table, for the SIMD target that is being compiled. The
// rows are divided into source files that compile in parallel. The lanes with which an instruction's name
// begins decide its file: i8x16.add is in i8x16.cpp.
#if defined(SKERRY_SIMD_ROWS) == defined(HWY_TARGET_TOGGLE)
#ifdef SKERRY_SIMD_ROWS
#undef SKERRY_SIMD_ROWS
#else
#define SKERRY_SIMD_ROWS
#endif

#include "vm/code/simd_places.hpp"
#include "vm/exec/handler_rows.hpp"
#include "vm/exec/simd/functions-inl.hpp"
#include "vm/exec/simd/targets.hpp"

#include <string_view>
#include <tuple>

HWY_BEFORE_NAMESPACE();
namespace skerry::vm::HWY_NAMESPACE {

/// The handler of operation Op: like straight<Op>, but may use the instructions of the SIMD target.
template <class Op> HWY_ATTR SKERRY_ALIGNED(64) SKERRY_HANDLER(straight_lanes) {
  SKERRY_STATE
  Op::run(s, s.pc);
  NEXT(sizeof(typename Op::Layout));
}

template <class T> inline constexpr bool is_scalar = std::is_arithmetic_v<T>;

SKERRY_HELPER Slot slot_of(Slot slot) { return slot; }
SKERRY_HELPER Slot slot_of(const layout::SlotOrConstant& operand) { return operand.slot(); }

template <class To, class From> SKERRY_HELPER To same_bits(From from) {
  static_assert(sizeof(To) == 16 && sizeof(From) == 16);
  To to;
  std::memcpy(static_cast<void*>(&to), &from, 16);
  return to;
}
/// `operand` is a Slot, or the field b of layout::Binary. Only the field b of a shift can hold a constant.
template <class T, int Kind, class Field> SKERRY_HELPER T read_lanes(State& s, const Field& operand) {
  if constexpr (is_scalar<T>)
    return read<T, Kind>(s, operand);
  else
    return little_endian_lanes(same_bits<T>(read<Vector, Kind>(s, slot_of(operand))));
}
template <int Kind, class T> SKERRY_HELPER void write_lanes(State& s, Slot d, T value) {
  if constexpr (is_scalar<T>)
    write<Kind>(s, d, value);
  else
    write<Kind>(s, d, same_bits<Vector>(little_endian_lanes(value)));
}

template <class F> struct LanesSignature;
template <class R, class... Args> struct LanesSignature<R (*)(Args...)> {
  using Result = R;
  static constexpr size_t arity = sizeof...(Args);
  template <size_t I> using Arg = std::tuple_element_t<I, std::tuple<Args...>>;
};

template <size_t Arity> struct LanesLayout;
template <> struct LanesLayout<1> {
  using Type = layout::Unary;
};
template <> struct LanesLayout<2> {
  using Type = layout::Binary;
};
template <> struct LanesLayout<3> {
  using Type = layout::Ternary;
};

/// d := F(a), F(a, b) or F(a, b, c)
template <auto F, int D, int A, int B = 0, int C = 0> struct LanesOp {
  using Types = LanesSignature<decltype(F)>;
  using Layout = typename LanesLayout<Types::arity>::Type;
  [[gnu::always_inline]] HWY_ATTR static inline void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const auto a = read_lanes<typename Types::template Arg<0>, A>(s, i.a);
    if constexpr (Types::arity == 1) {
      write_lanes<D>(s, i.d, F(a));
    } else {
      const auto b = read_lanes<typename Types::template Arg<1>, B>(s, i.b);
      if constexpr (Types::arity == 2)
        write_lanes<D>(s, i.d, F(a, b));
      else
        write_lanes<D>(s, i.d, F(a, b, read_lanes<typename Types::template Arg<2>, C>(s, i.c)));
    }
  }
};

/// Returns the type's letter in the signatures of opcodes.def.
template <class T> constexpr char lanes_letter() {
  if constexpr (std::same_as<T, uint32_t>)
    return 'i';
  else if constexpr (std::same_as<T, uint64_t>)
    return 'I';
  else if constexpr (std::same_as<T, float>)
    return 'f';
  else if constexpr (std::same_as<T, double>)
    return 'F';
  else
    return 'v';
}
template <class R, class... Args>
constexpr bool has_lanes_signature(R (*)(Args...), std::string_view letters) {
  const char own[] = {lanes_letter<Args>()..., '>', lanes_letter<R>(), 0};
  return letters == own;
}

#if HWY_TARGET == HWY_EMU128 && defined(SKERRY_DISPATCH_TAILCALL)
#define SKERRY_KINDS_AS_DATA
#endif

/// All handlers of a numeric vector instruction, in the order of HandlerTable::numeric.
template <auto F, bool SlotsOnly> struct LanesRow {
  using Types = LanesSignature<decltype(F)>;
  template <size_t I> using Arg = typename Types::template Arg<I>;
  template <class T> static constexpr int places() {
    if (SlotsOnly) return 1;
    return !is_scalar<T> || std::is_floating_point_v<T> ? place::vector_writable : place::writable;
  }
  static constexpr int d_places = places<typename Types::Result>(), a_places = places<Arg<0>>();
  /// Only shifts have a scalar b, which may be a constant.
  static constexpr int b_places = [] {
    if constexpr (Types::arity < 2)
      return 1;
    else
      return is_scalar<Arg<1>> ? place::readable : places<Arg<1>>();
  }();

#if defined(SKERRY_KINDS_AS_DATA)
  // For EMU128, the handler of each combination of places only passes the places to one shared function. The
  // code is then a quarter as large, and the loops of EMU128 are slow anyway.
  template <class T, int Places, class Field>
  static T read_any(State& s, const Field& operand, uint64_t place) {
    T value{};
    [&]<int... K>(std::integer_sequence<int, K...>) {
      ((place == K ? void(value = read_lanes<T, K>(s, operand)) : void()), ...);
    }(std::make_integer_sequence<int, Places>());
    return value;
  }
  template <class T> static void write_any(State& s, Slot d, uint64_t place, T value) {
    [&]<int... K>(std::integer_sequence<int, K...>) {
      ((place == K ? write_lanes<K>(s, d, value) : void()), ...);
    }(std::make_integer_sequence<int, d_places>());
  }
  /// `unused_`, the register that handlers do not use, holds the places of d, a and b, one byte each.
  HWY_NOINLINE static SKERRY_HANDLER(any) {
    SKERRY_STATE
    using Layout = typename LanesLayout<Types::arity>::Type;
    const auto& i = layout::at<Layout>(s.pc);
    const auto a = read_any<Arg<0>, a_places>(s, i.a, unused_ >> 8 & 0xff);
    if constexpr (Types::arity == 1) {
      const auto result = F(a); // before d is read, so that d is not kept across the call
      write_any(s, i.d, unused_ & 0xff, result);
    } else {
      const auto result = F(a, read_any<Arg<1>, b_places>(s, i.b, unused_ >> 16));
      write_any(s, i.d, unused_ & 0xff, result);
    }
    NEXT(sizeof(Layout));
  }
  template <int D, int A, int B = 0> static SKERRY_HANDLER(of_kinds) {
    SKERRY_STATE
    unused_ = D | A << 8 | B << 16;
    SKERRY_TAIL(any);
  }
  template <int... K> struct Make {
    static constexpr Handler handler = &of_kinds<K...>;
  };
#else
  template <int... K> struct Make {
    static constexpr Handler handler = &straight_lanes<LanesOp<F, K...>>;
  };
#endif
  template <int... K> struct MakeOfThree {
    static constexpr Handler handler = &straight_lanes<LanesOp<F, K...>>;
  };
  static constexpr HandlerRow row() {
    if constexpr (Types::arity == 1)
      return Places<Make, d_places, a_places>::row();
    else if constexpr (Types::arity == 2)
      return Places<Make, d_places, a_places, b_places>::row();
    else
      return Places<MakeOfThree, 1, 1, 1, 1>::row();
  }
};
#undef SKERRY_KINDS_AS_DATA

/// Returns `function`. A call of dependent_lanes() depends on a template parameter. Therefore an
/// `if constexpr` branch with such a call is instantiated only if it is taken, and the source file of a
/// family does not instantiate the rows of other families.
template <LanesFamily, class F> constexpr F dependent_lanes(F function) { return function; }

template <LanesFamily Family> void add_lanes_rows(HandlerTable& table) {
#define SKERRY_ROW_0(name, text, signature, feature)
#define SKERRY_ROW_0xfc(name, text, signature, feature)
#define SKERRY_ROW_0xfd(name, text, signature, feature) SKERRY_ROW_##feature(name, text, signature)
#define SKERRY_ROW_relaxed_simd(name, text, signature)
#define SKERRY_ROW_simd(name, text, signature)                                                               \
  if constexpr (lanes_family(text) == Family) {                                                              \
    constexpr auto function = dependent_lanes<Family>(&name);                                                \
    static_assert(has_lanes_signature(function, signature), "the function's type differs from its row's");   \
    constexpr bool slots_only = is_slots_only(Opcode::name);                                                 \
    table.numeric[static_cast<size_t>(Opcode::name)] = LanesRow<function, slots_only>::row();                \
  }
#define NUMERIC(name, text, prefix, code, signature, feature)                                                \
  SKERRY_ROW_##prefix(name, text, signature, feature)
#include "vm/isa/opcodes.def"
#undef SKERRY_ROW_0
#undef SKERRY_ROW_0xfc
#undef SKERRY_ROW_0xfd
#undef SKERRY_ROW_relaxed_simd
#undef SKERRY_ROW_simd
}

} // namespace skerry::vm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
