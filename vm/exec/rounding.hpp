// Rounds floats to integers (spec §4.3.3: fceil, ffloor, ftrunc, fnearest). On machines without rounding
// instructions, compilers call the C library, and a handler would have to save all VM registers around that
// call. On such machines, the functions of this file convert the number to an integer and back, for which
// SSE2 has instructions.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

/// Marks a function that depends only on its arguments and is inlined into every handler that uses it.
#define SKERRY_PURE [[gnu::always_inline]] constexpr inline

namespace skerry::vm::rounding {

#if defined(__SSE4_1__) || defined(__aarch64__)
inline constexpr bool has_rounding_instructions = true;
#else
inline constexpr bool has_rounding_instructions = false;
#endif

template <class F>
inline constexpr F no_fraction_from = F(uint64_t{1} << (std::numeric_limits<F>::digits - 1));
/// Returns false for NaNs, and for numbers that are so large that they can only be integers.
template <class F> SKERRY_PURE bool may_have_fraction(F a) { return std::fabs(a) < no_fraction_from<F>; }
/// Returns `result` with the sign of `original`, which matters if the result is zero. If `original` is a NaN,
/// returns it as a quiet NaN.
template <class F> SKERRY_PURE F rounded(F result, F original) {
  return original != original ? original + original : std::copysign(result, original);
}
template <class F> SKERRY_PURE F towards_zero(F a) {
  return static_cast<F>(static_cast<std::conditional_t<sizeof(F) == 4, int32_t, int64_t>>(a));
}

template <class F> SKERRY_PURE F ceil(F a) {
  if (has_rounding_instructions) return rounded(std::ceil(a), a);
  if (!may_have_fraction(a)) [[unlikely]]
    return rounded(a, a);
  const F integer = towards_zero(a);
  return rounded(integer + static_cast<F>(integer < a), a);
}
template <class F> SKERRY_PURE F floor(F a) {
  if (has_rounding_instructions) return rounded(std::floor(a), a);
  if (!may_have_fraction(a)) [[unlikely]]
    return rounded(a, a);
  const F integer = towards_zero(a);
  return rounded(integer - static_cast<F>(integer > a), a);
}
template <class F> SKERRY_PURE F trunc(F a) {
  if (has_rounding_instructions) return rounded(std::trunc(a), a);
  return rounded(may_have_fraction(a) ? towards_zero(a) : a, a);
}
/// Rounds ties to even. Without rounding instructions, adds a number so large that the addition itself rounds
/// to an integer, and subtracts the number again.
template <class F> SKERRY_PURE F nearest(F a) {
  if (has_rounding_instructions) return rounded(std::rint(a), a);
  if (!may_have_fraction(a)) [[unlikely]]
    return rounded(a, a);
  return rounded(std::fabs(a) + no_fraction_from<F> - no_fraction_from<F>, a);
}

} // namespace skerry::vm::rounding
