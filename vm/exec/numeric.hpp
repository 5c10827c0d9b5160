// The semantics of the numeric instructions (spec §4.3): one pure function for each instruction, with the
// instruction's name. The handlers call these functions. The types of the functions are checked at compile
// time against the signatures in the opcode table. i32 and i64 values have unsigned types here; a function
// with the suffix _s reads them as signed. A function that can trap returns the ErrorCode and stores its
// result in a reference parameter.
#pragma once

#include "skerry/error.hpp"
#include "vm/exec/rounding.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace skerry::vm::numeric {

// ---- spec §4.3.2, integer operations, written once for both widths

template <class U> struct Integer {
  using S = std::make_signed_t<U>;
  static constexpr U mask = sizeof(U) * 8 - 1;
  SKERRY_PURE static S sign(U a) { return static_cast<S>(a); }
  SKERRY_PURE static U shl(U a, U b) { return a << (b & mask); }
  SKERRY_PURE static U shr_s(U a, U b) { return static_cast<U>(sign(a) >> (b & mask)); }
  SKERRY_PURE static U shr_u(U a, U b) { return a >> (b & mask); }
  SKERRY_PURE static U rotl(U a, U b) { return std::rotl(a, static_cast<int>(b & mask)); }
  SKERRY_PURE static U rotr(U a, U b) { return std::rotr(a, static_cast<int>(b & mask)); }
  SKERRY_PURE static ErrorCode div_u(U a, U b, U& result) {
    if (b == 0) [[unlikely]]
      return ErrorCode::integer_divide_by_zero;
    result = a / b;
    return ErrorCode::none;
  }
  SKERRY_PURE static ErrorCode rem_u(U a, U b, U& result) {
    if (b == 0) [[unlikely]]
      return ErrorCode::integer_divide_by_zero;
    result = a % b;
    return ErrorCode::none;
  }
  SKERRY_PURE static ErrorCode div_s(U a, U b, U& result) {
    if (b == 0) [[unlikely]]
      return ErrorCode::integer_divide_by_zero;
    if (sign(b) == -1 && sign(a) == std::numeric_limits<S>::min()) [[unlikely]]
      return ErrorCode::integer_overflow;
    result = static_cast<U>(sign(a) / sign(b));
    return ErrorCode::none;
  }
  SKERRY_PURE static ErrorCode rem_s(U a, U b, U& result) {
    if (b == 0) [[unlikely]]
      return ErrorCode::integer_divide_by_zero;
    result = sign(b) == -1 ? 0 : static_cast<U>(sign(a) % sign(b));
    return ErrorCode::none;
  }
};

#define SKERRY_INTEGER(p, U, S)                                                                              \
  SKERRY_PURE uint32_t p##_eqz(U a) { return a == 0; }                                                       \
  SKERRY_PURE uint32_t p##_eq(U a, U b) { return a == b; }                                                   \
  SKERRY_PURE uint32_t p##_ne(U a, U b) { return a != b; }                                                   \
  SKERRY_PURE uint32_t p##_lt_s(U a, U b) { return static_cast<S>(a) < static_cast<S>(b); }                  \
  SKERRY_PURE uint32_t p##_lt_u(U a, U b) { return a < b; }                                                  \
  SKERRY_PURE uint32_t p##_gt_s(U a, U b) { return static_cast<S>(a) > static_cast<S>(b); }                  \
  SKERRY_PURE uint32_t p##_gt_u(U a, U b) { return a > b; }                                                  \
  SKERRY_PURE uint32_t p##_le_s(U a, U b) { return static_cast<S>(a) <= static_cast<S>(b); }                 \
  SKERRY_PURE uint32_t p##_le_u(U a, U b) { return a <= b; }                                                 \
  SKERRY_PURE uint32_t p##_ge_s(U a, U b) { return static_cast<S>(a) >= static_cast<S>(b); }                 \
  SKERRY_PURE uint32_t p##_ge_u(U a, U b) { return a >= b; }                                                 \
  SKERRY_PURE U p##_clz(U a) { return static_cast<U>(std::countl_zero(a)); }                                 \
  SKERRY_PURE U p##_ctz(U a) { return static_cast<U>(std::countr_zero(a)); }                                 \
  SKERRY_PURE U p##_popcnt(U a) { return static_cast<U>(std::popcount(a)); }                                 \
  SKERRY_PURE U p##_add(U a, U b) { return a + b; }                                                          \
  SKERRY_PURE U p##_sub(U a, U b) { return a - b; }                                                          \
  SKERRY_PURE U p##_mul(U a, U b) { return a * b; }                                                          \
  SKERRY_PURE U p##_and(U a, U b) { return a & b; }                                                          \
  SKERRY_PURE U p##_or(U a, U b) { return a | b; }                                                           \
  SKERRY_PURE U p##_xor(U a, U b) { return a ^ b; }                                                          \
  SKERRY_PURE U p##_shl(U a, U b) { return Integer<U>::shl(a, b); }                                          \
  SKERRY_PURE U p##_shr_s(U a, U b) { return Integer<U>::shr_s(a, b); }                                      \
  SKERRY_PURE U p##_shr_u(U a, U b) { return Integer<U>::shr_u(a, b); }                                      \
  SKERRY_PURE U p##_rotl(U a, U b) { return Integer<U>::rotl(a, b); }                                        \
  SKERRY_PURE U p##_rotr(U a, U b) { return Integer<U>::rotr(a, b); }                                        \
  SKERRY_PURE U p##_extend8_s(U a) { return static_cast<U>(S{static_cast<int8_t>(a)}); }                     \
  SKERRY_PURE U p##_extend16_s(U a) { return static_cast<U>(S{static_cast<int16_t>(a)}); }                   \
  SKERRY_PURE ErrorCode p##_div_s(U a, U b, U& result) { return Integer<U>::div_s(a, b, result); }           \
  SKERRY_PURE ErrorCode p##_div_u(U a, U b, U& result) { return Integer<U>::div_u(a, b, result); }           \
  SKERRY_PURE ErrorCode p##_rem_s(U a, U b, U& result) { return Integer<U>::rem_s(a, b, result); }           \
  SKERRY_PURE ErrorCode p##_rem_u(U a, U b, U& result) { return Integer<U>::rem_u(a, b, result); }

SKERRY_INTEGER(i32, uint32_t, int32_t)
SKERRY_INTEGER(i64, uint64_t, int64_t)
#undef SKERRY_INTEGER

SKERRY_PURE uint64_t i64_extend32_s(uint64_t a) {
  return static_cast<uint64_t>(int64_t{static_cast<int32_t>(a)});
}

// ---- spec §4.3.3, floating-point operations
//
// If an operand is a NaN, the result is a quiet NaN. For other operands, the host's IEEE arithmetic is that
// of the specification.

template <class F> SKERRY_PURE F minimum(F a, F b) {
  if (a != a || b != b) [[unlikely]]
    return a + b;
  if (a == b) return std::signbit(a) ? a : b; // the negative one of two zeros
  return a < b ? a : b;
}
template <class F> SKERRY_PURE F maximum(F a, F b) {
  if (a != a || b != b) [[unlikely]]
    return a + b;
  if (a == b) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

#define SKERRY_FLOAT(p, F, suffix)                                                                           \
  SKERRY_PURE uint32_t p##_eq(F a, F b) { return a == b; }                                                   \
  SKERRY_PURE uint32_t p##_ne(F a, F b) { return a != b; }                                                   \
  SKERRY_PURE uint32_t p##_lt(F a, F b) { return a < b; }                                                    \
  SKERRY_PURE uint32_t p##_gt(F a, F b) { return a > b; }                                                    \
  SKERRY_PURE uint32_t p##_le(F a, F b) { return a <= b; }                                                   \
  SKERRY_PURE uint32_t p##_ge(F a, F b) { return a >= b; }                                                   \
  SKERRY_PURE F p##_abs(F a) { return __builtin_fabs##suffix(a); }                                           \
  SKERRY_PURE F p##_neg(F a) { return -a; }                                                                  \
  SKERRY_PURE F p##_copysign(F a, F b) { return __builtin_copysign##suffix(a, b); }                          \
  SKERRY_PURE F p##_ceil(F a) { return rounding::ceil(a); }                                                  \
  SKERRY_PURE F p##_floor(F a) { return rounding::floor(a); }                                                \
  SKERRY_PURE F p##_trunc(F a) { return rounding::trunc(a); }                                                \
  SKERRY_PURE F p##_nearest(F a) { return rounding::nearest(a); }                                            \
  SKERRY_PURE F p##_sqrt(F a) { return __builtin_sqrt##suffix(a); }                                          \
  SKERRY_PURE F p##_add(F a, F b) { return a + b; }                                                          \
  SKERRY_PURE F p##_sub(F a, F b) { return a - b; }                                                          \
  SKERRY_PURE F p##_mul(F a, F b) { return a * b; }                                                          \
  SKERRY_PURE F p##_div(F a, F b) { return a / b; }                                                          \
  SKERRY_PURE F p##_min(F a, F b) { return minimum(a, b); }                                                  \
  SKERRY_PURE F p##_max(F a, F b) { return maximum(a, b); }

SKERRY_FLOAT(f32, float, f)
SKERRY_FLOAT(f64, double, )
#undef SKERRY_FLOAT

// ---- spec §4.3.4, conversions

SKERRY_PURE uint32_t i32_wrap_i64(uint64_t a) { return static_cast<uint32_t>(a); }
SKERRY_PURE uint64_t i64_extend_i32_s(uint32_t a) {
  return static_cast<uint64_t>(int64_t{static_cast<int32_t>(a)});
}
SKERRY_PURE uint64_t i64_extend_i32_u(uint32_t a) { return a; }

/// Returns whether trunc(a) is representable in I, whose largest value is 2^n - 1. The exclusive upper bound
/// 2^n is exact in F. For signed types, the exclusive lower bound is -2^n - 1 if F has enough digits for it.
/// Otherwise no number of F lies between -2^n - 1 and -2^n, so the inclusive lower bound -2^n is used. For
/// i32, for example, an f64 must satisfy -2^31 - 1 < a < 2^31, and an f32 must satisfy -2^31 <= a < 2^31.
template <class I, class F> SKERRY_PURE bool truncates_to(F a) {
  constexpr int bits = std::numeric_limits<I>::digits;
  constexpr F end = static_cast<F>(I{1} << (bits - 1)) * F{2};
  if constexpr (std::is_unsigned_v<I>) return a > F{-1} && a < end;
  if constexpr (bits < std::numeric_limits<F>::digits) return a > -end - F{1} && a < end;
  return a >= -end && a < end;
}
template <class I, class F> SKERRY_PURE ErrorCode trunc(F a, std::make_unsigned_t<I>& result) {
  if (!truncates_to<I>(a)) [[unlikely]]
    return a != a ? ErrorCode::invalid_conversion_to_integer : ErrorCode::integer_overflow;
  result = static_cast<std::make_unsigned_t<I>>(static_cast<I>(a));
  return ErrorCode::none;
}
template <class I, class F> SKERRY_PURE std::make_unsigned_t<I> trunc_sat(F a) {
  using U = std::make_unsigned_t<I>;
  if (truncates_to<I>(a)) return static_cast<U>(static_cast<I>(a));
  if (a != a) return 0;
  return static_cast<U>(a < 0 ? std::numeric_limits<I>::min() : std::numeric_limits<I>::max());
}

SKERRY_PURE ErrorCode i32_trunc_f32_s(float a, uint32_t& result) { return trunc<int32_t>(a, result); }
SKERRY_PURE ErrorCode i32_trunc_f32_u(float a, uint32_t& result) { return trunc<uint32_t>(a, result); }
SKERRY_PURE ErrorCode i32_trunc_f64_s(double a, uint32_t& result) { return trunc<int32_t>(a, result); }
SKERRY_PURE ErrorCode i32_trunc_f64_u(double a, uint32_t& result) { return trunc<uint32_t>(a, result); }
SKERRY_PURE ErrorCode i64_trunc_f32_s(float a, uint64_t& result) { return trunc<int64_t>(a, result); }
SKERRY_PURE ErrorCode i64_trunc_f32_u(float a, uint64_t& result) { return trunc<uint64_t>(a, result); }
SKERRY_PURE ErrorCode i64_trunc_f64_s(double a, uint64_t& result) { return trunc<int64_t>(a, result); }
SKERRY_PURE ErrorCode i64_trunc_f64_u(double a, uint64_t& result) { return trunc<uint64_t>(a, result); }

SKERRY_PURE uint32_t i32_trunc_sat_f32_s(float a) { return trunc_sat<int32_t>(a); }
SKERRY_PURE uint32_t i32_trunc_sat_f32_u(float a) { return trunc_sat<uint32_t>(a); }
SKERRY_PURE uint32_t i32_trunc_sat_f64_s(double a) { return trunc_sat<int32_t>(a); }
SKERRY_PURE uint32_t i32_trunc_sat_f64_u(double a) { return trunc_sat<uint32_t>(a); }
SKERRY_PURE uint64_t i64_trunc_sat_f32_s(float a) { return trunc_sat<int64_t>(a); }
SKERRY_PURE uint64_t i64_trunc_sat_f32_u(float a) { return trunc_sat<uint64_t>(a); }
SKERRY_PURE uint64_t i64_trunc_sat_f64_s(double a) { return trunc_sat<int64_t>(a); }
SKERRY_PURE uint64_t i64_trunc_sat_f64_u(double a) { return trunc_sat<uint64_t>(a); }

SKERRY_PURE float f32_convert_i32_s(uint32_t a) { return static_cast<float>(static_cast<int32_t>(a)); }
SKERRY_PURE float f32_convert_i32_u(uint32_t a) { return static_cast<float>(a); }
SKERRY_PURE float f32_convert_i64_s(uint64_t a) { return static_cast<float>(static_cast<int64_t>(a)); }
SKERRY_PURE float f32_convert_i64_u(uint64_t a) { return static_cast<float>(a); }
SKERRY_PURE double f64_convert_i32_s(uint32_t a) { return static_cast<double>(static_cast<int32_t>(a)); }
SKERRY_PURE double f64_convert_i32_u(uint32_t a) { return static_cast<double>(a); }
SKERRY_PURE double f64_convert_i64_s(uint64_t a) { return static_cast<double>(static_cast<int64_t>(a)); }
SKERRY_PURE double f64_convert_i64_u(uint64_t a) { return static_cast<double>(a); }
SKERRY_PURE float f32_demote_f64(double a) { return static_cast<float>(a); }
SKERRY_PURE double f64_promote_f32(float a) { return static_cast<double>(a); }
SKERRY_PURE uint32_t i32_reinterpret_f32(float a) { return std::bit_cast<uint32_t>(a); }
SKERRY_PURE uint64_t i64_reinterpret_f64(double a) { return std::bit_cast<uint64_t>(a); }
SKERRY_PURE float f32_reinterpret_i32(uint32_t a) { return std::bit_cast<float>(a); }
SKERRY_PURE double f64_reinterpret_i64(uint64_t a) { return std::bit_cast<double>(a); }

// ---- computed only by fused branches

SKERRY_PURE uint32_t i32_test(uint32_t a, uint32_t b) { return (a & b) != 0; }
SKERRY_PURE uint32_t i32_test_not(uint32_t a, uint32_t b) { return (a & b) == 0; }
SKERRY_PURE uint32_t i64_test(uint64_t a, uint64_t b) { return (a & b) != 0; }
SKERRY_PURE uint32_t i64_test_not(uint64_t a, uint64_t b) { return (a & b) == 0; }

} // namespace skerry::vm::numeric
