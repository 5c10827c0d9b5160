// Vector instructions on the 128 bits as a whole, and the shuffle, for every target.
#include "vm/exec/simd/highway.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vm/exec/simd/v128.cpp"
#include "hwy/foreach_target.h" // compiles this file once per target

#include "vm/exec/simd/rows-inl.hpp"
#include "vm/exec/simd/targets.hpp"

HWY_BEFORE_NAMESPACE();
namespace skerry::vm::HWY_NAMESPACE {

/// d := shuffle(a, b)
template <int D, int A, int B> struct Shuffle {
  using Layout = layout::Shuffle;
  [[gnu::always_inline]] HWY_ATTR static inline void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const U8 from_a = same_bits<U8>(vector_of(i.from_a)), from_b = same_bits<U8>(vector_of(i.from_b));
    const U8 result = shuffle(read_lanes<U8, A>(s, i.a), read_lanes<U8, B>(s, i.b), from_a, from_b);
    write_lanes<D>(s, i.d, result);
  }
};
template <int... K> struct MakeShuffle {
  static constexpr Handler handler = &straight_lanes<Shuffle<K...>>;
};

void add_v128_rows(HandlerTable& table) {
  add_lanes_rows<LanesFamily::v128>(table);
  table.shuffle =
      Places<MakeShuffle, place::vector_writable, place::vector_writable, place::vector_writable>::row();
}

} // namespace skerry::vm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace skerry::vm {

void add_v128_handlers(HandlerTable& table, SimdTarget target) {
  SKERRY_CALL_TARGET(add_v128_rows, table, target);
}

} // namespace skerry::vm
#endif
