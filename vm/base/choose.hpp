// Choosing between values without a branch, where nothing could predict it.
#pragma once

namespace skerry::vm {

/// yes or no, both of which have been computed. Compilers turn what looks like a choice into a branch when
/// one side costs something; a wrong prediction costs more than most sides.
template <class T> [[gnu::always_inline]] constexpr T choose(bool condition, T yes, T no) {
#if defined(__clang__)
  if consteval {
    return condition ? yes : no; // the builtin is for run time only
  }
  return __builtin_unpredictable(condition) ? yes : no;
#else
  return __builtin_expect_with_probability(condition, 1, 0.5) ? yes : no;
#endif
}

} // namespace skerry::vm
