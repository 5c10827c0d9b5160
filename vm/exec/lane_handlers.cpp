// The handlers of extract_lane and replace_lane. The vector operand is in slots, so a lane is read and
// written at its byte offset.
#include "vm/exec/handler_rows.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/numeric_ops.hpp"

namespace skerry::vm {
namespace {

/// d := the lane of a that begins at first_byte, read as M and converted to T
template <class M, class T, int D> struct ExtractLane {
  using Layout = layout::ExtractLane;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    const std::byte* vector = reinterpret_cast<const std::byte*>(slot_at(s, i.a));
    write<D>(s, i.d, static_cast<T>(load_little_endian<M>(vector + i.first_byte)));
  }
};
/// d := a with M(b) in the lane that begins at first_byte. d may overlap a and b, so a and b are read first.
template <class M, class T, int B> struct ReplaceLane {
  using Layout = layout::ReplaceLane;
  static constexpr bool can_trap = false;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const auto& i = layout::at<Layout>(p);
    Vector vector;
    std::memcpy(&vector, slot_at(s, i.a), sizeof vector);
    const M lane = static_cast<M>(read<T, B>(s, i.b));
    std::byte* d = reinterpret_cast<std::byte*>(slot_at(s, i.d));
    std::memcpy(d, &vector, sizeof vector);
    store_little_endian(d + i.first_byte, lane);
  }
};

template <class M, class T> struct Lane {
  template <int... K> struct Extract {
    using Op = ExtractLane<M, T, K...>;
  };
  template <int... K> struct Replace {
    using Op = ReplaceLane<M, T, K...>;
  };
  static constexpr HandlerRow extract() { return Places<Extract, writable_places<T>>::row(); }
  static constexpr HandlerRow replace() { return Places<Replace, writable_places<T>>::row(); }
};

} // namespace

void add_lane_handlers(HandlerTable& table) {
  const auto row = [&table](Opcode op) -> HandlerRow& { return table.numeric[static_cast<size_t>(op)]; };
  using enum Opcode;
  row(i8x16_extract_lane_s) = Lane<int8_t, uint32_t>::extract();
  row(i8x16_extract_lane_u) = Lane<uint8_t, uint32_t>::extract();
  row(i16x8_extract_lane_s) = Lane<int16_t, uint32_t>::extract();
  row(i16x8_extract_lane_u) = Lane<uint16_t, uint32_t>::extract();
  row(i32x4_extract_lane) = Lane<uint32_t, uint32_t>::extract();
  row(i64x2_extract_lane) = Lane<uint64_t, uint64_t>::extract();
  row(f32x4_extract_lane) = Lane<float, float>::extract();
  row(f64x2_extract_lane) = Lane<double, double>::extract();
  row(i8x16_replace_lane) = Lane<uint8_t, uint32_t>::replace();
  row(i16x8_replace_lane) = Lane<uint16_t, uint32_t>::replace();
  row(i32x4_replace_lane) = Lane<uint32_t, uint32_t>::replace();
  row(i64x2_replace_lane) = Lane<uint64_t, uint64_t>::replace();
  row(f32x4_replace_lane) = Lane<float, float>::replace();
  row(f64x2_replace_lane) = Lane<double, double>::replace();
}

} // namespace skerry::vm
