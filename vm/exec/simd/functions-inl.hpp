// The semantics of the vector instructions (spec §4.6.11, "Vector Instructions"): one pure function for each
// instruction, with the instruction's name. The types of parameters and results are vectors of the lanes that
// the instruction uses. Highway compiles this file once per SIMD target, so the file has Highway's kind of
// include guard instead of an ordinary one.
#if defined(SKERRY_SIMD_FUNCTIONS) == defined(HWY_TARGET_TOGGLE)
#ifdef SKERRY_SIMD_FUNCTIONS
#undef SKERRY_SIMD_FUNCTIONS
#else
#define SKERRY_SIMD_FUNCTIONS
#endif

#include "vm/base/endian.hpp"
#include "vm/exec/numeric.hpp"

#include "hwy/highway.h"

#include <cstring>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace skerry::vm::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The functions are inlined into their handlers, except for EMU128: its portable loops are long and exist
// only for comparison, so one copy of each function is enough.
#undef SKERRY_LANES
#if HWY_TARGET == HWY_EMU128
#define SKERRY_LANES [[maybe_unused]] HWY_NOINLINE HWY_ATTR static
#else
#define SKERRY_LANES [[maybe_unused, gnu::always_inline]] HWY_ATTR static inline
#endif
#undef SKERRY_HELPER
#define SKERRY_HELPER [[maybe_unused, gnu::always_inline]] HWY_ATTR static inline

template <class T> using Tag = hn::FixedTag<T, 16 / sizeof(T)>;
template <class T> using HalfTag = hn::FixedTag<T, 8 / sizeof(T)>;
template <class T> using Lanes = hn::Vec<Tag<T>>;
using I8 = Lanes<int8_t>;
using U8 = Lanes<uint8_t>;
using I16 = Lanes<int16_t>;
using U16 = Lanes<uint16_t>;
using I32 = Lanes<int32_t>;
using U32 = Lanes<uint32_t>;
using I64 = Lanes<int64_t>;
using U64 = Lanes<uint64_t>;
using F32 = Lanes<float>;
using F64 = Lanes<double>;

// ---- helpers

/// Converts each lane from the machine's byte order to little-endian, or back.
template <class V> SKERRY_HELPER V little_endian_lanes(V a) {
  using T = hn::TFromV<V>;
  if constexpr (!is_big_endian || sizeof(T) == 1) {
    return a;
  } else {
    T lanes[16 / sizeof(T)];
    hn::StoreU(a, Tag<T>(), lanes);
    for (T& lane : lanes) lane = little_endian(lane);
    return hn::LoadU(Tag<T>(), lanes);
  }
}
/// Returns the bits of `a` as lanes of another width. As in the specification, the first of the narrow lanes
/// is the low part of the first wide lane, also on big-endian machines.
template <class T, class V> SKERRY_HELPER Lanes<T> as_lanes(V a) {
  return little_endian_lanes(hn::BitCast(Tag<T>(), little_endian_lanes(a)));
}
/// Returns a vector with all bits set in those lanes whose mask is set.
template <class V> SKERRY_HELPER V ones(hn::Mask<hn::DFromV<V>> mask) {
  return hn::VecFromMask(hn::DFromV<V>(), mask);
}
template <class T> SKERRY_HELPER auto lower(Lanes<T> a) { return hn::LowerHalf(HalfTag<T>(), a); }
template <class T> SKERRY_HELPER auto upper(Lanes<T> a) { return hn::UpperHalf(HalfTag<T>(), a); }
template <class Wide, class V> SKERRY_HELPER Lanes<Wide> extended(V half) {
  return hn::PromoteTo(Tag<Wide>(), half);
}
/// Returns the sign bits of all lanes, one bit per lane.
template <class T> SKERRY_HELPER uint32_t sign_bits(Lanes<T> a) {
  uint8_t bytes[8] = {};
  hn::StoreMaskBits(Tag<T>(), hn::Lt(a, hn::Zero(Tag<T>())), bytes);
  uint32_t bits = 0;
  std::memcpy(&bits, bytes, sizeof bits);
  return little_endian(bits);
}
template <class T> SKERRY_HELPER uint32_t all_lanes_true(Lanes<T> a) {
  return hn::AllFalse(Tag<T>(), hn::Eq(a, hn::Zero(Tag<T>())));
}
template <class Narrow, class V> SKERRY_HELPER Lanes<Narrow> narrowed(V a, V b) {
  const HalfTag<Narrow> half;
  return hn::Combine(Tag<Narrow>(), hn::DemoteTo(half, b), hn::DemoteTo(half, a));
}

// ---- all bits

SKERRY_LANES U8 v128_not(U8 a) { return hn::Not(a); }
SKERRY_LANES U8 v128_and(U8 a, U8 b) { return hn::And(a, b); }
SKERRY_LANES U8 v128_andnot(U8 a, U8 b) { return hn::AndNot(b, a); }
SKERRY_LANES U8 v128_or(U8 a, U8 b) { return hn::Or(a, b); }
SKERRY_LANES U8 v128_xor(U8 a, U8 b) { return hn::Xor(a, b); }
SKERRY_LANES U8 v128_bitselect(U8 a, U8 b, U8 c) { return hn::Or(hn::And(a, c), hn::AndNot(c, b)); }
SKERRY_LANES uint32_t v128_any_true(U8 a) {
  return !hn::AllTrue(Tag<uint8_t>(), hn::Eq(a, hn::Zero(Tag<uint8_t>())));
}

/// An index above 15 gives 0.
SKERRY_LANES U8 i8x16_swizzle(U8 a, U8 b) {
  const auto outside = ones<U8>(hn::Gt(b, hn::Set(Tag<uint8_t>(), 15)));
  return hn::TableLookupBytesOr0(a, hn::Or(b, outside));
}
/// The translator splits the instruction's lane indices: an index of a lane of a is in `from_a`, and an index
/// of a lane of b is in `from_b`. All other bytes of these two vectors are 0x80, which selects 0.
SKERRY_LANES U8 shuffle(U8 a, U8 b, U8 from_a, U8 from_b) {
  return hn::Or(hn::TableLookupBytesOr0(a, from_a), hn::TableLookupBytesOr0(b, from_b));
}

// ---- integers of all widths

#undef SKERRY_INTEGER_LANES
#define SKERRY_INTEGER_LANES(p, S, U, s, u, Scalar)                                                          \
  SKERRY_LANES U p##_splat(Scalar a) { return hn::Set(Tag<u>(), static_cast<u>(a)); }                        \
  SKERRY_LANES U p##_add(U a, U b) { return hn::Add(a, b); }                                                 \
  SKERRY_LANES U p##_sub(U a, U b) { return hn::Sub(a, b); }                                                 \
  SKERRY_LANES U p##_neg(U a) { return hn::Sub(hn::Zero(Tag<u>()), a); }                                     \
  SKERRY_LANES S p##_abs(S a) { return hn::Abs(a); }                                                         \
  SKERRY_LANES S p##_eq(S a, S b) { return ones<S>(hn::Eq(a, b)); }                                          \
  SKERRY_LANES S p##_ne(S a, S b) { return hn::Not(ones<S>(hn::Eq(a, b))); }                                 \
  SKERRY_LANES S p##_lt_s(S a, S b) { return ones<S>(hn::Lt(a, b)); }                                        \
  SKERRY_LANES S p##_gt_s(S a, S b) { return ones<S>(hn::Gt(a, b)); }                                        \
  SKERRY_LANES S p##_le_s(S a, S b) { return hn::Not(ones<S>(hn::Gt(a, b))); }                               \
  SKERRY_LANES S p##_ge_s(S a, S b) { return hn::Not(ones<S>(hn::Lt(a, b))); }                               \
  SKERRY_LANES U p##_shl(U a, uint32_t b) {                                                                  \
    return hn::ShiftLeftSame(a, static_cast<int>(b % (8 * sizeof(u))));                                      \
  }                                                                                                          \
  SKERRY_LANES S p##_shr_s(S a, uint32_t b) {                                                                \
    return hn::ShiftRightSame(a, static_cast<int>(b % (8 * sizeof(u))));                                     \
  }                                                                                                          \
  SKERRY_LANES U p##_shr_u(U a, uint32_t b) {                                                                \
    return hn::ShiftRightSame(a, static_cast<int>(b % (8 * sizeof(u))));                                     \
  }                                                                                                          \
  SKERRY_LANES uint32_t p##_all_true(U a) { return all_lanes_true<u>(a); }                                   \
  SKERRY_LANES uint32_t p##_bitmask(S a) { return sign_bits<s>(a); }

SKERRY_INTEGER_LANES(i8x16, I8, U8, int8_t, uint8_t, uint32_t)
SKERRY_INTEGER_LANES(i16x8, I16, U16, int16_t, uint16_t, uint32_t)
SKERRY_INTEGER_LANES(i32x4, I32, U32, int32_t, uint32_t, uint32_t)
SKERRY_INTEGER_LANES(i64x2, I64, U64, int64_t, uint64_t, uint64_t)

// ---- integers below 64 bits

#undef SKERRY_SMALL_LANES
#define SKERRY_SMALL_LANES(p, S, U)                                                                          \
  SKERRY_LANES S p##_min_s(S a, S b) { return hn::Min(a, b); }                                               \
  SKERRY_LANES U p##_min_u(U a, U b) { return hn::Min(a, b); }                                               \
  SKERRY_LANES S p##_max_s(S a, S b) { return hn::Max(a, b); }                                               \
  SKERRY_LANES U p##_max_u(U a, U b) { return hn::Max(a, b); }                                               \
  SKERRY_LANES U p##_le_u(U a, U b) { return ones<U>(hn::Eq(hn::Min(a, b), a)); }                            \
  SKERRY_LANES U p##_ge_u(U a, U b) { return ones<U>(hn::Eq(hn::Max(a, b), a)); }                            \
  SKERRY_LANES U p##_gt_u(U a, U b) { return hn::Not(ones<U>(hn::Eq(hn::Min(a, b), a))); }                   \
  SKERRY_LANES U p##_lt_u(U a, U b) { return hn::Not(ones<U>(hn::Eq(hn::Max(a, b), a))); }

SKERRY_SMALL_LANES(i8x16, I8, U8)
SKERRY_SMALL_LANES(i16x8, I16, U16)
SKERRY_SMALL_LANES(i32x4, I32, U32)

// ---- integers: saturation and averages

#undef SKERRY_SATURATING_LANES
#define SKERRY_SATURATING_LANES(p, S, U)                                                                     \
  SKERRY_LANES S p##_add_sat_s(S a, S b) { return hn::SaturatedAdd(a, b); }                                  \
  SKERRY_LANES U p##_add_sat_u(U a, U b) { return hn::SaturatedAdd(a, b); }                                  \
  SKERRY_LANES S p##_sub_sat_s(S a, S b) { return hn::SaturatedSub(a, b); }                                  \
  SKERRY_LANES U p##_sub_sat_u(U a, U b) { return hn::SaturatedSub(a, b); }                                  \
  SKERRY_LANES U p##_avgr_u(U a, U b) { return hn::AverageRound(a, b); }

SKERRY_SATURATING_LANES(i8x16, I8, U8)
SKERRY_SATURATING_LANES(i16x8, I16, U16)

SKERRY_LANES U8 i8x16_popcnt(U8 a) { return hn::PopulationCount(a); }
SKERRY_LANES I8 i8x16_narrow_i16x8_s(I16 a, I16 b) { return narrowed<int8_t>(a, b); }
SKERRY_LANES U8 i8x16_narrow_i16x8_u(I16 a, I16 b) { return narrowed<uint8_t>(a, b); }
SKERRY_LANES I16 i16x8_narrow_i32x4_s(I32 a, I32 b) { return narrowed<int16_t>(a, b); }
SKERRY_LANES U16 i16x8_narrow_i32x4_u(I32 a, I32 b) { return narrowed<uint16_t>(a, b); }

// ---- integers: multiplication and widening

SKERRY_LANES U16 i16x8_mul(U16 a, U16 b) { return hn::Mul(a, b); }
SKERRY_LANES U32 i32x4_mul(U32 a, U32 b) { return hn::Mul(a, b); }
/// Multiplies the 32-bit halves and adds three of the four products. The product of the two high halves would
/// affect only bits above the 64 of the result.
SKERRY_LANES U64 i64x2_mul(U64 a, U64 b) {
  const U32 a_halves = as_lanes<uint32_t>(a), b_halves = as_lanes<uint32_t>(b);
  const U64 low = hn::MulEven(a_halves, b_halves);
  const U64 a_high = hn::MulEven(as_lanes<uint32_t>(hn::ShiftRight<32>(a)), b_halves);
  const U64 b_high = hn::MulEven(a_halves, as_lanes<uint32_t>(hn::ShiftRight<32>(b)));
  return hn::Add(low, hn::ShiftLeft<32>(hn::Add(a_high, b_high)));
}

#undef SKERRY_EXTEND_LANES
#define SKERRY_EXTEND_LANES(p, q, S, U, s, u, ws, wu)                                                        \
  SKERRY_LANES auto p##_extend_low_##q##_s(S a) { return extended<ws>(lower<s>(a)); }                        \
  SKERRY_LANES auto p##_extend_high_##q##_s(S a) { return extended<ws>(upper<s>(a)); }                       \
  SKERRY_LANES auto p##_extend_low_##q##_u(U a) { return extended<wu>(lower<u>(a)); }                        \
  SKERRY_LANES auto p##_extend_high_##q##_u(U a) { return extended<wu>(upper<u>(a)); }

SKERRY_EXTEND_LANES(i16x8, i8x16, I8, U8, int8_t, uint8_t, int16_t, uint16_t)
SKERRY_EXTEND_LANES(i32x4, i16x8, I16, U16, int16_t, uint16_t, int32_t, uint32_t)
SKERRY_EXTEND_LANES(i64x2, i32x4, I32, U32, int32_t, uint32_t, int64_t, uint64_t)

#undef SKERRY_EXTMUL_LANES
#define SKERRY_EXTMUL_LANES(p, q, S, U, s, u, ws, wu)                                                        \
  SKERRY_LANES Lanes<ws> p##_extmul_low_##q##_s(S a, S b) {                                                  \
    return hn::Mul(extended<ws>(lower<s>(a)), extended<ws>(lower<s>(b)));                                    \
  }                                                                                                          \
  SKERRY_LANES Lanes<ws> p##_extmul_high_##q##_s(S a, S b) {                                                 \
    return hn::Mul(extended<ws>(upper<s>(a)), extended<ws>(upper<s>(b)));                                    \
  }                                                                                                          \
  SKERRY_LANES Lanes<wu> p##_extmul_low_##q##_u(U a, U b) {                                                  \
    return hn::Mul(extended<wu>(lower<u>(a)), extended<wu>(lower<u>(b)));                                    \
  }                                                                                                          \
  SKERRY_LANES Lanes<wu> p##_extmul_high_##q##_u(U a, U b) {                                                 \
    return hn::Mul(extended<wu>(upper<u>(a)), extended<wu>(upper<u>(b)));                                    \
  }

SKERRY_EXTMUL_LANES(i16x8, i8x16, I8, U8, int8_t, uint8_t, int16_t, uint16_t)
SKERRY_EXTMUL_LANES(i32x4, i16x8, I16, U16, int16_t, uint16_t, int32_t, uint32_t)

/// Duplicates each lane of the low or high half into an even and an odd lane, then multiplies the even lanes.
template <class V> SKERRY_HELPER auto extmul_low(V a, V b) {
  return hn::MulEven(hn::InterleaveLower(a, a), hn::InterleaveLower(b, b));
}
template <class T, class V> SKERRY_HELPER auto extmul_high(V a, V b) {
  return hn::MulEven(hn::InterleaveUpper(Tag<T>(), a, a), hn::InterleaveUpper(Tag<T>(), b, b));
}
SKERRY_LANES I64 i64x2_extmul_low_i32x4_s(I32 a, I32 b) { return extmul_low(a, b); }
SKERRY_LANES I64 i64x2_extmul_high_i32x4_s(I32 a, I32 b) { return extmul_high<int32_t>(a, b); }
SKERRY_LANES U64 i64x2_extmul_low_i32x4_u(U32 a, U32 b) { return extmul_low(a, b); }
SKERRY_LANES U64 i64x2_extmul_high_i32x4_u(U32 a, U32 b) { return extmul_high<uint32_t>(a, b); }

/// even_lanes() and odd_lanes() return the lanes with even or odd numbers, widened.
template <int Bits, class Wide, class V> SKERRY_HELPER Lanes<Wide> even_lanes(V a) {
  return hn::ShiftRight<Bits>(hn::ShiftLeft<Bits>(as_lanes<Wide>(a)));
}
template <int Bits, class Wide, class V> SKERRY_HELPER Lanes<Wide> odd_lanes(V a) {
  return hn::ShiftRight<Bits>(as_lanes<Wide>(a));
}
template <int Bits, class Wide, class V> SKERRY_HELPER Lanes<Wide> pair_sums(V a) {
  return hn::Add(even_lanes<Bits, Wide>(a), odd_lanes<Bits, Wide>(a));
}
SKERRY_LANES I16 i16x8_extadd_pairwise_i8x16_s(I8 a) { return pair_sums<8, int16_t>(a); }
SKERRY_LANES U16 i16x8_extadd_pairwise_i8x16_u(U8 a) { return pair_sums<8, uint16_t>(a); }
SKERRY_LANES I32 i32x4_extadd_pairwise_i16x8_s(I16 a) { return pair_sums<16, int32_t>(a); }
SKERRY_LANES U32 i32x4_extadd_pairwise_i16x8_u(U16 a) { return pair_sums<16, uint32_t>(a); }

SKERRY_LANES I32 i32x4_dot_i16x8_s(I16 a, I16 b) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128
  I32 unused = hn::Zero(Tag<int32_t>()); // multiplication on x86 already adds pairs
  return hn::ReorderWidenMulAccumulate(Tag<int32_t>(), a, b, hn::Zero(Tag<int32_t>()), unused);
#else
  const I32 even = hn::Mul(even_lanes<16, int32_t>(a), even_lanes<16, int32_t>(b));
  const I32 odd = hn::Mul(odd_lanes<16, int32_t>(a), odd_lanes<16, int32_t>(b));
  const Tag<uint32_t> wrapping;
  return hn::BitCast(Tag<int32_t>(), hn::Add(hn::BitCast(wrapping, even), hn::BitCast(wrapping, odd)));
#endif
}

/// Returns (a · b + 2^14) >> 15. The caller saturates the result.
template <class V> SKERRY_HELPER auto rounded_products(V a, V b) {
  return hn::ShiftRight<15>(hn::Add(hn::Mul(a, b), hn::Set(Tag<int32_t>(), 0x4000)));
}
SKERRY_LANES I16 i16x8_q15mulr_sat_s(I16 a, I16 b) {
  const auto low =
      rounded_products(extended<int32_t>(lower<int16_t>(a)), extended<int32_t>(lower<int16_t>(b)));
  const auto high =
      rounded_products(extended<int32_t>(upper<int16_t>(a)), extended<int32_t>(upper<int16_t>(b)));
  return narrowed<int16_t>(low, high);
}

// ---- floats

/// Applies the scalar function F to the first `count` lanes. Only EMU128 needs this function, because the
/// rounding and demotion of EMU128 lose the signs of zeros, the quietness of NaNs, and infinities.
template <class To, auto F, class From> SKERRY_HELPER Lanes<To> each_lane(Lanes<From> a, size_t count) {
  From in[16 / sizeof(From)];
  To out[16 / sizeof(To)] = {};
  hn::StoreU(a, Tag<From>(), in);
  for (size_t i = 0; i < count; ++i) out[i] = F(in[i]);
  return hn::LoadU(Tag<To>(), out);
}
#undef SKERRY_ROUNDING
#if HWY_TARGET == HWY_EMU128
#define SKERRY_ROUNDING(lanes, T, scalar, vector) each_lane<T, &numeric::scalar, T>(lanes, 16 / sizeof(T))
#else
#define SKERRY_ROUNDING(lanes, T, scalar, vector) hn::vector(lanes)
#endif

/// EMU128 in Highway 1.2 returns zero for a division by zero.
#if HWY_TARGET == HWY_EMU128
template <class V> SKERRY_HELPER V float_div(V a, V b) {
  using T = hn::TFromV<V>;
  T lanes[16 / sizeof(T)], by[16 / sizeof(T)];
  hn::StoreU(a, Tag<T>(), lanes);
  hn::StoreU(b, Tag<T>(), by);
  for (size_t i = 0; i < 16 / sizeof(T); ++i) lanes[i] /= by[i];
  return hn::LoadU(Tag<T>(), lanes);
}
#else
template <class V> SKERRY_HELPER V float_div(V a, V b) { return hn::Div(a, b); }
#endif

/// float_min() and float_max() treat -0 as smaller than +0, and return a NaN if an operand is a NaN.
template <class V> SKERRY_HELPER V float_min(V a, V b) {
  const V equal_or_nan = hn::IfThenElse(hn::Eq(a, b), hn::Or(a, b), hn::Add(a, b));
  return hn::IfThenElse(hn::Lt(a, b), a, hn::IfThenElse(hn::Lt(b, a), b, equal_or_nan));
}
template <class V> SKERRY_HELPER V float_max(V a, V b) {
  const V equal_or_nan = hn::IfThenElse(hn::Eq(a, b), hn::And(a, b), hn::Add(a, b));
  return hn::IfThenElse(hn::Lt(a, b), b, hn::IfThenElse(hn::Lt(b, a), a, equal_or_nan));
}

#undef SKERRY_FLOAT_LANES
#define SKERRY_FLOAT_LANES(p, scalar, V, T)                                                                  \
  SKERRY_LANES V p##_splat(T a) { return hn::Set(Tag<T>(), a); }                                             \
  SKERRY_LANES V p##_eq(V a, V b) { return ones<V>(hn::Eq(a, b)); }                                          \
  SKERRY_LANES V p##_ne(V a, V b) { return hn::Not(ones<V>(hn::Eq(a, b))); }                                 \
  SKERRY_LANES V p##_lt(V a, V b) { return ones<V>(hn::Lt(a, b)); }                                          \
  SKERRY_LANES V p##_gt(V a, V b) { return ones<V>(hn::Gt(a, b)); }                                          \
  SKERRY_LANES V p##_le(V a, V b) { return ones<V>(hn::Le(a, b)); }                                          \
  SKERRY_LANES V p##_ge(V a, V b) { return ones<V>(hn::Ge(a, b)); }                                          \
  SKERRY_LANES V p##_abs(V a) { return hn::Abs(a); }                                                         \
  SKERRY_LANES V p##_neg(V a) { return hn::Neg(a); }                                                         \
  SKERRY_LANES V p##_sqrt(V a) { return hn::Sqrt(a); }                                                       \
  SKERRY_LANES V p##_add(V a, V b) { return hn::Add(a, b); }                                                 \
  SKERRY_LANES V p##_sub(V a, V b) { return hn::Sub(a, b); }                                                 \
  SKERRY_LANES V p##_mul(V a, V b) { return hn::Mul(a, b); }                                                 \
  SKERRY_LANES V p##_div(V a, V b) { return float_div(a, b); }                                               \
  SKERRY_LANES V p##_min(V a, V b) { return float_min(a, b); }                                               \
  SKERRY_LANES V p##_max(V a, V b) { return float_max(a, b); }                                               \
  SKERRY_LANES V p##_pmin(V a, V b) { return hn::IfThenElse(hn::Lt(b, a), b, a); }                           \
  SKERRY_LANES V p##_pmax(V a, V b) { return hn::IfThenElse(hn::Lt(a, b), b, a); }                           \
  SKERRY_LANES V p##_ceil(V a) { return SKERRY_ROUNDING(a, T, scalar##_ceil, Ceil); }                        \
  SKERRY_LANES V p##_floor(V a) { return SKERRY_ROUNDING(a, T, scalar##_floor, Floor); }                     \
  SKERRY_LANES V p##_trunc(V a) { return SKERRY_ROUNDING(a, T, scalar##_trunc, Trunc); }                     \
  SKERRY_LANES V p##_nearest(V a) { return SKERRY_ROUNDING(a, T, scalar##_nearest, Round); }

SKERRY_FLOAT_LANES(f32x4, f32, F32, float)
SKERRY_FLOAT_LANES(f64x2, f64, F64, double)

// ---- conversions

SKERRY_LANES F32 f32x4_demote_f64x2_zero(F64 a) {
#if HWY_TARGET == HWY_EMU128
  return each_lane<float, &numeric::f32_demote_f64, double>(a, 2);
#else
  return hn::ZeroExtendVector(Tag<float>(), hn::DemoteTo(HalfTag<float>(), a));
#endif
}
SKERRY_LANES F64 f64x2_promote_low_f32x4(F32 a) { return extended<double>(lower<float>(a)); }

SKERRY_LANES F32 f32x4_convert_i32x4_s(I32 a) { return hn::ConvertTo(Tag<float>(), a); }
/// Converts the upper and the lower 16 bits exactly, so that only their sum is rounded.
SKERRY_LANES F32 f32x4_convert_i32x4_u(U32 a) {
  const Tag<int32_t> ints;
  const F32 high = hn::ConvertTo(Tag<float>(), hn::BitCast(ints, hn::ShiftRight<16>(a)));
  const F32 low =
      hn::ConvertTo(Tag<float>(), hn::BitCast(ints, hn::And(a, hn::Set(Tag<uint32_t>(), 0xffff))));
  return hn::Add(hn::Mul(high, hn::Set(Tag<float>(), 65536.0f)), low);
}
SKERRY_LANES F64 f64x2_convert_low_i32x4_s(I32 a) { return extended<double>(lower<int32_t>(a)); }
/// Makes the bits of the number the low mantissa bits of the double 2^52. The resulting double is 2^52 +
/// number, from which 2^52 is subtracted.
SKERRY_LANES F64 f64x2_convert_low_i32x4_u(U32 a) {
  const Tag<double> d;
  const F64 two_52 = hn::Set(d, 4503599627370496.0);
  const U64 bits = hn::Or(extended<uint64_t>(lower<uint32_t>(a)), hn::BitCast(Tag<uint64_t>(), two_52));
  return hn::Sub(hn::BitCast(d, bits), two_52);
}

/// Replaces NaNs by 0.
template <class V> SKERRY_HELPER V without_nan(V a) { return hn::IfThenElseZero(hn::Eq(a, a), a); }

/// Replaces NaNs and numbers below 0 by 0. Compares the bits as signed integers: the floats from +0 to
/// infinity have the same order as their bits, and positive NaNs come after infinity. On AArch64, compilers
/// would turn a comparison of floats into a maximum instruction, which makes a signalling NaN quiet instead
/// of replacing it by 0.
template <class T, class Int> SKERRY_HELPER Lanes<T> positive_or_zero(Lanes<T> a) {
  const Tag<Int> di;
  const auto bits = hn::BitCast(di, a);
  const auto infinity = hn::BitCast(di, hn::Set(Tag<T>(), std::numeric_limits<T>::infinity()));
  const auto is_positive = hn::And(hn::Gt(bits, hn::Zero(di)), hn::Not(hn::Gt(bits, infinity)));
  return hn::BitCast(Tag<T>(), hn::IfThenElseZero(is_positive, bits));
}

SKERRY_LANES I32 i32x4_trunc_sat_f32x4_s(F32 a) { return hn::ConvertTo(Tag<int32_t>(), without_nan(a)); }
/// Subtracts 2^31 from numbers of at least 2^31 before the signed conversion, and adds 2^31 back afterwards.
SKERRY_LANES U32 i32x4_trunc_sat_f32x4_u(F32 a) {
  const Tag<float> d;
  const Tag<uint32_t> du;
  const F32 two_31 = hn::Set(d, 2147483648.0f);
  const F32 positive = positive_or_zero<float, int32_t>(a);
  const auto is_large = hn::Ge(positive, two_31);
  const F32 small = hn::Sub(positive, hn::IfThenElseZero(is_large, two_31));
  const U32 high_bit = hn::And(hn::BitCast(du, ones<F32>(is_large)), hn::Set(du, 0x80000000u));
  return hn::Add(hn::BitCast(du, hn::ConvertTo(Tag<int32_t>(), small)), high_bit);
}
SKERRY_LANES I32 i32x4_trunc_sat_f64x2_s_zero(F64 a) {
  return hn::ZeroExtendVector(Tag<int32_t>(), hn::DemoteTo(HalfTag<int32_t>(), without_nan(a)));
}
/// Clamps the number to the range of u32. The low half of 2^52 + number then holds its integer part.
SKERRY_LANES U32 i32x4_trunc_sat_f64x2_u_zero(F64 a) {
  const Tag<double> d;
  const Tag<uint32_t> du;
  const F64 positive = positive_or_zero<double, int64_t>(a);
  const F64 whole = SKERRY_ROUNDING(hn::Min(positive, hn::Set(d, 4294967295.0)), double, f64_trunc, Trunc);
  const F64 shifted = hn::Add(whole, hn::Set(d, 4503599627370496.0));
  return hn::ConcatEven(du, hn::Zero(du), as_lanes<uint32_t>(shifted));
}

} // namespace skerry::vm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
