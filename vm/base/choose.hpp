// Chooses between two values without a branch, for conditions that a processor cannot predict.
#pragma once

namespace skerry::vm {

/// Returns `yes` or `no`, both already computed. Compilers turn an ordinary conditional expression into a
/// branch if one side costs something, but a wrong prediction usually costs more than computing that side.
template <class T> [[gnu::always_inline]] constexpr T choose(bool condition, T yes, T no) {
#if defined(__clang__)
  if consteval {
    return condition ? yes : no; // the builtin works at run time only
  }
  return __builtin_unpredictable(condition) ? yes : no;
#else
  return __builtin_expect_with_probability(condition, 1, 0.5) ? yes : no;
#endif
}

} // namespace skerry::vm
