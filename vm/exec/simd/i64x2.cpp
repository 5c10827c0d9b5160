// Vector instructions on lanes of i64x2, for every target.
#include "vm/exec/simd/highway.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vm/exec/simd/i64x2.cpp"
#include "hwy/foreach_target.h" // compiles this file once per target

#include "vm/exec/simd/rows-inl.hpp"
#include "vm/exec/simd/targets.hpp"

HWY_BEFORE_NAMESPACE();
namespace skerry::vm::HWY_NAMESPACE {

void add_i64x2_rows(HandlerTable& table) { add_lanes_rows<LanesFamily::i64x2>(table); }

} // namespace skerry::vm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace skerry::vm {

void add_i64x2_handlers(HandlerTable& table, SimdTarget target) {
  SKERRY_CALL_TARGET(add_i64x2_rows, table, target);
}

} // namespace skerry::vm
#endif
