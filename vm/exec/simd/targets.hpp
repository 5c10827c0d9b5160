// The SIMD targets: which ones this build contains, which ones this machine can run, and functions that add a
// target's handlers to a table, one for each family of lanes.
#pragma once

#include "skerry/config.hpp"
#include "vm/code/handler_table.hpp"

#include <string_view>

namespace skerry::vm {

/// Returns whether this build contains the target's code and this machine has its instructions. Returns false
/// for `automatic`.
bool can_run(SimdTarget target);

/// Returns `wanted` if it can run here. Otherwise, and for `automatic`, returns the best target that can.
SimdTarget resolve_simd_target(SimdTarget wanted);

/// Adds the handlers of all vector instructions that compute on lanes. The machine must be able to run the
/// target.
void add_simd_handlers(HandlerTable& table, SimdTarget target);

/// The families of vector instructions. The handlers of each family are in their own source file.
enum class LanesFamily { v128, i8x16, i16x8, i32x4, i64x2, floats };

constexpr LanesFamily lanes_family(std::string_view name) {
  const std::string_view lanes = name.substr(0, 5);
  if (lanes == "i8x16") return LanesFamily::i8x16;
  if (lanes == "i16x8") return LanesFamily::i16x8;
  if (lanes == "i32x4") return LanesFamily::i32x4;
  if (lanes == "i64x2") return LanesFamily::i64x2;
  return lanes[0] == 'f' ? LanesFamily::floats : LanesFamily::v128;
}

void add_v128_handlers(HandlerTable& table, SimdTarget target);
void add_i8x16_handlers(HandlerTable& table, SimdTarget target);
void add_i16x8_handlers(HandlerTable& table, SimdTarget target);
void add_i32x4_handlers(HandlerTable& table, SimdTarget target);
void add_i64x2_handlers(HandlerTable& table, SimdTarget target);
void add_float_lanes_handlers(HandlerTable& table, SimdTarget target);

/// Calls the version of `function` that Highway has compiled for `target`. Highway gives each target its own
/// namespace. Use this macro in the namespace that contains these namespaces.
#define SKERRY_CALL_TARGET(function, table, target)                                                          \
  do {                                                                                                       \
    using AddHandlers = void (*)(HandlerTable&);                                                             \
    AddHandlers chosen = HWY_CHOOSE_FALLBACK(function);                                                      \
    if ((target) == SimdTarget::sse4) chosen = HWY_CHOOSE_SSE4(function);                                    \
    if ((target) == SimdTarget::avx2) chosen = HWY_CHOOSE_AVX2(function);                                    \
    if ((target) == SimdTarget::neon) chosen = HWY_CHOOSE_NEON(function);                                    \
    chosen(table);                                                                                           \
  } while (false)

} // namespace skerry::vm
