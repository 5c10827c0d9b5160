// From the opcode table's vector rows to handlers, for the SIMD target that is being compiled. Rows are
// parted by the lanes they begin with into files that compile side by side.
#if defined(SKERRY_SIMD_ROWS) == defined(HWY_TARGET_TOGGLE)
#ifdef SKERRY_SIMD_ROWS
#undef SKERRY_SIMD_ROWS
#else
#define SKERRY_SIMD_ROWS
#endif

#include "vm/code/simd_kinds.hpp"
#include "vm/exec/handler_rows.hpp"
#include "vm/exec/simd/functions-inl.hpp"
#include "vm/exec/simd/targets.hpp"

#include <string_view>
#include <tuple>

HWY_BEFORE_NAMESPACE();
namespace skerry::vm::HWY_NAMESPACE {

/// Like straight<Op>, with the target's instructions.
template <class Op> HWY_ATTR SKERRY_HANDLER(straight_lanes) {
  SKERRY_STATE
  Op::run(s, s.pc);
  NEXT(Op::size);
}

template <class T> inline constexpr bool is_scalar = std::is_arithmetic_v<T>;

template <class To, class From> SKERRY_HELPER To same_bits(From from) {
  static_assert(sizeof(To) == 16 && sizeof(From) == 16);
  To to;
  std::memcpy(static_cast<void*>(&to), &from, 16);
  return to;
}
template <class T, int Kind> SKERRY_HELPER T read_lanes(State& s, const std::byte* p, int at) {
  if constexpr (!is_scalar<T>)
    return same_bits<T>(read<Vector, Kind>(s, p, at));
  else if constexpr (Kind == imm_kind<T>) // only b, and only of shifts
    return read_b<T, Kind>(s, p);
  else
    return read<T, Kind>(s, p, at);
}
template <int Kind, class T> SKERRY_HELPER void write_lanes(State& s, const std::byte* p, T value) {
  if constexpr (is_scalar<T>)
    write<Kind>(s, p, at_d, value);
  else
    write<Kind>(s, p, at_d, same_bits<Vector>(value));
}

template <class F> struct LanesSignature;
template <class R, class... Args> struct LanesSignature<R (*)(Args...)> {
  using Result = R;
  static constexpr size_t arity = sizeof...(Args);
  template <size_t I> using Arg = std::tuple_element_t<I, std::tuple<Args...>>;
};

/// d := F(a), F(a, b) or F(a, b, c)
template <auto F, int D, int A, int B = 0, int C = 0> struct LanesOp {
  using Types = LanesSignature<decltype(F)>;
  static constexpr uint32_t size = 16;
  [[gnu::always_inline]] HWY_ATTR static inline void run(State& s, const std::byte* p) {
    const auto a = read_lanes<typename Types::template Arg<0>, A>(s, p, at_a);
    if constexpr (Types::arity == 1) {
      write_lanes<D>(s, p, F(a));
    } else {
      const auto b = read_lanes<typename Types::template Arg<1>, B>(s, p, at_b);
      if constexpr (Types::arity == 2)
        write_lanes<D>(s, p, F(a, b));
      else
        write_lanes<D>(s, p, F(a, b, read_lanes<typename Types::template Arg<2>, C>(s, p, at_c)));
    }
  }
};

/// The type's letter in signatures.
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

/// All handlers of a numeric vector instruction, as HandlerTable::numeric wants them.
template <auto F, bool SlotsOnly> struct LanesRow {
  using Types = LanesSignature<decltype(F)>;
  template <class T> static constexpr int kinds() {
    if (SlotsOnly) return 1;
    return !is_scalar<T> || std::is_floating_point_v<T> ? kind::vwritable : kind::writable;
  }
  template <int... K> struct Make {
    static constexpr Handler handler = &straight_lanes<LanesOp<F, K...>>;
  };
  static constexpr HandlerRow row() {
    constexpr int d = kinds<typename Types::Result>(), a = kinds<typename Types::template Arg<0>>();
    if constexpr (Types::arity == 1) {
      return Kinds<Make, d, a>::row();
    } else if constexpr (Types::arity == 2) {
      using Second = typename Types::template Arg<1>;
      return Kinds < Make, d, a, is_scalar<Second> ? kind::readable : kinds<Second>() > ::row();
    } else {
      return Kinds<Make, 1, 1, 1, 1>::row();
    }
  }
};

/// Makes a function's name depend on a template parameter, so that other families' rows are not instantiated.
template <LanesFamily, class F> constexpr F dependent_lanes(F function) { return function; }

template <LanesFamily Family> void add_lanes_rows(HandlerTable& table) {
#define SKERRY_ROW_0(name, text, signature, feature)
#define SKERRY_ROW_0xfc(name, text, signature, feature)
#define SKERRY_ROW_0xfd(name, text, signature, feature) SKERRY_ROW_##feature(name, text, signature)
#define SKERRY_ROW_relaxed_simd(name, text, signature)
#define SKERRY_ROW_simd(name, text, signature)                                                               \
  if constexpr (lanes_family(text) == Family) {                                                              \
    constexpr auto function = dependent_lanes<Family>(&name);                                                \
    static_assert(has_lanes_signature(function, signature), "the function's type is not its row's");         \
    constexpr bool slots_only = is_slots_only(Opcode::name);                                                 \
    table.numeric[static_cast<size_t>(Opcode::name)] = LanesRow<function, slots_only>::row();           \
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
