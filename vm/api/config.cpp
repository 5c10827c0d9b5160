#include "skerry/config.hpp"

#include "vm/exec/simd/targets.hpp"

#include <array>

namespace skerry {

namespace {

struct FeatureRow {
  std::string_view name;
  Feature needs; // directly; with() and without() also follow indirect dependencies
  FeatureStanding standing;
};

constexpr std::array rows = {
#define SKERRY_FEATURE(name, text, needs, standing)                                                          \
  FeatureRow{text, Feature::needs, FeatureStanding::standing},
#include "skerry/features.def"
};
static_assert(rows.size() <= 32, "Features has 32 bits");

const FeatureRow& row_of(Feature f) { return rows[static_cast<size_t>(f)]; }

/// Returns all features of which `is_wanted` approves, by their rows.
template <class F> constexpr uint32_t bits_of_rows(F&& is_wanted) {
  uint32_t bits = 0;
  for (size_t i = 0; i < rows.size(); ++i) bits |= uint32_t{is_wanted(rows[i])} << i;
  return bits;
}

constexpr uint32_t bit(Feature f) { return uint32_t{1} << static_cast<unsigned>(f); }

} // namespace

std::string_view feature_name(Feature feature) noexcept {
  return feature < Feature::count_ ? row_of(feature).name : "unknown";
}

FeatureStanding feature_standing(Feature feature) noexcept { return row_of(feature).standing; }

Features& Features::with(Feature f) {
  if (row_of(f).standing == FeatureStanding::refused) return *this;
  bits_ |= bit(f);
  if (!has(row_of(f).needs)) with(row_of(f).needs);
  return *this;
}

Features& Features::without(Feature f) {
  if (f == Feature::mvp) return *this;
  bits_ &= ~bit(f);
  for (size_t i = 0; i < rows.size(); ++i)
    if (const auto other = static_cast<Feature>(i); rows[i].needs == f && has(other)) without(other);
  return *this;
}

Features Features::wasm1() { return Features{}.with(Feature::mutable_globals); }

Features Features::all() {
  Features features;
  features.bits_ =
      bits_of_rows([](const FeatureRow& row) { return row.standing != FeatureStanding::refused; });
  return features;
}

Features Features::defaults() {
  Features features;
  features.bits_ =
      bits_of_rows([](const FeatureRow& row) { return row.standing == FeatureStanding::standard; });
  return features;
}

std::string_view simd_target_name(SimdTarget target) {
  switch (target) {
  case SimdTarget::automatic: return "auto";
  case SimdTarget::scalar: return "scalar";
  case SimdTarget::sse4: return "sse4";
  case SimdTarget::avx2: return "avx2";
  case SimdTarget::neon: return "neon";
  }
  return "unknown";
}

std::vector<SimdTarget> simd_targets() {
  std::vector<SimdTarget> targets;
  for (const SimdTarget target : {SimdTarget::avx2, SimdTarget::sse4, SimdTarget::neon, SimdTarget::scalar})
    if (vm::can_run(target)) targets.push_back(target);
  return targets;
}

} // namespace skerry
