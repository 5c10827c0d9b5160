#include "vm/exec/simd/highway.hpp"

#include "vm/exec/simd/targets.hpp"

namespace skerry::vm {

bool can_run(SimdTarget target) {
#if HWY_ARCH_X86
  __builtin_cpu_init();
  if (target == SimdTarget::sse4)
    return (HWY_TARGETS & HWY_SSE4) != 0 && __builtin_cpu_supports("sse4.1") &&
           __builtin_cpu_supports("sse4.2");
  if (target == SimdTarget::avx2) return (HWY_TARGETS & HWY_AVX2) != 0 && __builtin_cpu_supports("avx2");
#endif
  if (target == SimdTarget::neon) return (HWY_TARGETS & HWY_NEON) != 0;
  return target == SimdTarget::scalar && (HWY_TARGETS & HWY_EMU128) != 0;
}

SimdTarget resolve_simd_target(SimdTarget wanted) {
  if (can_run(wanted)) return wanted;
  const std::vector<SimdTarget> targets = simd_targets();
  // If this machine can run no named target, `automatic` stands for the target that the whole build is
  // compiled for.
  return targets.empty() ? SimdTarget::automatic : targets.front();
}

void add_simd_handlers(HandlerTable& table, SimdTarget target) {
  add_v128_handlers(table, target);
  add_i8x16_handlers(table, target);
  add_i16x8_handlers(table, target);
  add_i32x4_handlers(table, target);
  add_i64x2_handlers(table, target);
  add_float_lanes_handlers(table, target);
}

} // namespace skerry::vm
