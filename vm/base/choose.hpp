// Chooses between two values without a branch, for conditions that a processor cannot predict.
#pragma once

namespace skerry::vm {

/// Returns `yes` if `condition` holds, else `no`. Both values are already computed. Compilers often turn an
/// ordinary conditional expression into a branch, to skip the computation of the value that is not needed. If
/// the condition cannot be predicted, the mispredicted branches usually cost more than that computation.
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
