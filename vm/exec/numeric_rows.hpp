// Builds the handlers of the scalar numeric rows of the opcode table. The rows are divided by operand type
// into units, which compile in parallel: the source file of each unit instantiates add_numeric_rows once.
#pragma once

#include "vm/exec/handler_rows.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/numeric.hpp"
#include "vm/exec/numeric_ops.hpp"

#include <string_view>

namespace skerry::vm {

enum class NumericUnit { int32, int64, floating, conversion };

constexpr NumericUnit numeric_unit(std::string_view signature) {
  const auto has = [&](char c) { return signature.find(c) != std::string_view::npos; };
  const bool is_float = has('f') || has('F');
  const bool takes_float = signature[0] == 'f' || signature[0] == 'F';
  if (!is_float) return has('I') ? NumericUnit::int64 : NumericUnit::int32;
  const bool is_conversion = signature[1] == '>' && signature[0] != signature[2];
  return takes_float && !is_conversion ? NumericUnit::floating : NumericUnit::conversion;
}

template <class T> constexpr char type_letter() {
  if constexpr (std::same_as<T, uint32_t>)
    return 'i';
  else if constexpr (std::same_as<T, uint64_t>)
    return 'I';
  else if constexpr (std::same_as<T, float>)
    return 'f';
  else
    return 'F';
}
/// Returns whether the parameters and the result of the pure function F have the types that `letters`, a
/// signature of the opcode table, states.
template <auto F> constexpr bool has_signature(std::string_view letters) {
  using Types = SignatureOf<F>;
  constexpr char a = type_letter<typename Types::A>(), result = type_letter<typename Types::Result>();
  if constexpr (Types::arity == 1) {
    return letters == std::string_view((const char[]){a, '>', result, 0});
  } else {
    constexpr char b = type_letter<typename Types::B>();
    return letters == std::string_view((const char[]){a, b, '>', result, 0});
  }
}

/// All handlers of a numeric instruction, in the order of HandlerTable::numeric.
template <auto F> struct Numeric {
  using Types = SignatureOf<F>;
  static constexpr int d_places = writable_places<typename Types::Result>;
  static constexpr int a_places = writable_places<typename Types::A>;
  template <int... K> struct One {
    using Op = Unary<F, K...>;
  };
  template <int... K> struct Two {
    using Op = Binary<F, K...>;
  };
  static constexpr HandlerRow row() {
    if constexpr (Types::arity == 1)
      return Places<One, d_places, a_places>::row();
    else
      return Places<Two, d_places, a_places, readable_places<typename Types::B>>::row();
  }
};

/// Returns `function`. A call of dependent() depends on a template parameter. Therefore an `if constexpr`
/// branch with such a call is instantiated only if it is taken, and a unit does not instantiate the rows of
/// other units.
template <NumericUnit, class F> constexpr F dependent(F function) { return function; }

template <NumericUnit Unit> void add_numeric_rows(HandlerTable& table) {
#define SKERRY_ROW(name, signature)                                                                          \
  if constexpr (numeric_unit(signature) == Unit) {                                                           \
    constexpr auto function = dependent<Unit>(&numeric::name);                                               \
    static_assert(has_signature<function>(signature), "the function's type differs from its row's");         \
    table.numeric[static_cast<size_t>(Opcode::name)] = Numeric<function>::row();                             \
  }
#define SKERRY_ROW_0(name, signature) SKERRY_ROW(name, signature)
#define SKERRY_ROW_0xfc(name, signature) SKERRY_ROW(name, signature)
#define SKERRY_ROW_0xfd(name, signature) // vector instructions have their own files
#define NUMERIC(name, text, prefix, code, signature, feature) SKERRY_ROW_##prefix(name, signature)
#define TRAPPING(name, text, prefix, code, signature, feature) SKERRY_ROW_##prefix(name, signature)
#include "vm/isa/opcodes.def"
#undef SKERRY_ROW_0
#undef SKERRY_ROW_0xfc
#undef SKERRY_ROW_0xfd
#undef SKERRY_ROW
}

} // namespace skerry::vm
