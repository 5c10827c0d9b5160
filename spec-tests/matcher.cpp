#include "spec-tests/matcher.hpp"

namespace skerry::spec {

namespace {

using wat::LanePattern;
using wat::ResultPattern;

/// Spec §4.3.3, "NaN propagation": in the payload of a canonical NaN, only the quiet bit is set. In the
/// payload of an arithmetic NaN, the quiet bit is set, and other bits may be set.
bool lane_matches(uint64_t bits, unsigned width, const LanePattern& lane) {
  if (lane.kind == LanePattern::Kind::bits) return bits == lane.bits;
  unsigned mantissa = width == 32 ? 23 : 52;
  uint64_t sign = uint64_t{1} << (width - 1);
  uint64_t quiet = uint64_t{1} << (mantissa - 1);
  uint64_t canonical = (sign - (uint64_t{1} << mantissa)) | quiet;
  if (lane.kind == LanePattern::Kind::canonical_nan) return (bits & ~sign) == canonical;
  return (bits & canonical) == canonical;
}

uint64_t lane_of(const V128& vector, unsigned lane, unsigned bytes) {
  uint64_t bits = 0;
  for (unsigned i = bytes; i-- > 0;) bits = bits << 8 | vector[lane * bytes + i];
  return bits;
}

bool number_matches(const Value& value, const ResultPattern& pattern) {
  if (value.type() != pattern.type) return false;
  if (pattern.type != v128) {
    unsigned width = pattern.type == i32 || pattern.type == f32 ? 32 : 64;
    return lane_matches(value.lo(), width, pattern.lanes[0]);
  }
  auto width = static_cast<unsigned>(128 / pattern.lanes.size());
  for (unsigned i = 0; i < pattern.lanes.size(); ++i)
    if (!lane_matches(lane_of(value.as_v128(), i, width / 8), width, pattern.lanes[i])) return false;
  return true;
}

bool host_ref_matches(const Store& store, const Value& value, const wat::HostRef& host) {
  if (!value.type().is_ref() || value.as_ref().is_null()) return false;
  const std::any* held = store.externref_value(value.as_ref());
  const auto* number = held ? std::any_cast<HostNumber>(held) : nullptr;
  return number && number->number == host.number;
}

bool ref_matches(const Value& value, const ResultPattern& pattern) {
  if (!value.type().is_ref() || value.as_ref().is_null()) return false;
  HeapType wanted = pattern.type.heap();
  HeapType given = value.type().heap();
  // `given` is the type that the function declares for the result, which may be less exact than the
  // pattern's. A concrete type (a type index) matches every pattern, because it may be a function type. The
  // types `any` and `eq` match every type, both as the declared type and as the pattern's type.
  bool concrete = static_cast<int32_t>(given) >= 0;
  return concrete || given == wanted || wanted == HeapType::any || wanted == HeapType::eq ||
         given == HeapType::any || given == HeapType::eq;
}

} // namespace

bool matches(const Store& store, const Value& value, const ResultPattern& pattern) {
  switch (pattern.kind) {
  case ResultPattern::Kind::number: return number_matches(value, pattern);
  case ResultPattern::Kind::null: return value.type().is_ref() && value.as_ref().is_null();
  case ResultPattern::Kind::host_ref: return host_ref_matches(store, value, pattern.host);
  case ResultPattern::Kind::ref: return ref_matches(value, pattern);
  case ResultPattern::Kind::either:
    for (const ResultPattern& alternative : pattern.alternatives)
      if (matches(store, value, alternative)) return true;
    return false;
  }
  return false;
}

} // namespace skerry::spec
