// Vector instructions on the lanes of f32x4 and f64x2, for every target.
#include "vm/exec/simd/highway.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vm/exec/simd/floats.cpp"
#include "hwy/foreach_target.h" // compiles this file once per target

#include "vm/exec/simd/rows-inl.hpp"
#include "vm/exec/simd/targets.hpp"

HWY_BEFORE_NAMESPACE();
namespace skerry::vm::HWY_NAMESPACE {

void add_float_rows(HandlerTable& table) { add_lanes_rows<LanesFamily::floats>(table); }

} // namespace skerry::vm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace skerry::vm {

void add_float_lanes_handlers(HandlerTable& table, SimdTarget target) {
  SKERRY_CALL_TARGET(add_float_rows, table, target);
}

} // namespace skerry::vm
#endif
