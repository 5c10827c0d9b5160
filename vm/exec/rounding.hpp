// Rounding of floats to integers (spec §4.3.3: fceil, ffloor, ftrunc, fnearest). Where the machine has no
// instruction for it, compilers call the C library, and a handler would save all VM registers around that:
// here numbers are converted to integers and back, which SSE2 can.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

/// A function of its arguments alone that is part of whatever handler uses it.
#define SKERRY_PURE [[gnu::always_inline]] constexpr inline

namespace skerry::vm::rounding {

#if defined(__SSE4_1__) || defined(__aarch64__)
inline constexpr bool has_rounding_instructions = true;
#else
inline constexpr bool has_rounding_instructions = false;
#endif

template <class F>
inline constexpr F no_fraction_from = F(uint64_t{1} << (std::numeric_limits<F>::digits - 1));
/// Neither a NaN nor so large that it must be an integer.
template <class F> SKERRY_PURE bool may_have_fraction(F a) { return std::fabs(a) < no_fraction_from<F>; }
/// Keeps the sign: of what is rounded to zero, too. A signalling NaN becomes quiet.
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
/// To even when in the middle, as additions are rounded.
template <class F> SKERRY_PURE F nearest(F a) {
  if (has_rounding_instructions) return rounded(std::rint(a), a);
  if (!may_have_fraction(a)) [[unlikely]]
    return rounded(a, a);
  return rounded(std::fabs(a) + no_fraction_from<F> - no_fraction_from<F>, a);
}

} // namespace skerry::vm::rounding
