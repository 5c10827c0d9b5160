#include "skerry/config.hpp"

#include "vm/exec/simd/targets.hpp"

namespace skerry {

namespace {

struct Implication {
  Feature feature;
  Feature needs;
};

// The features that each feature directly depends on. with() and without() also follow indirect dependencies.
constexpr Implication implications[] = {
    {Feature::reference_types, Feature::bulk_memory},
    {Feature::function_references, Feature::reference_types},
    {Feature::gc, Feature::function_references},
    {Feature::exceptions, Feature::reference_types},
    {Feature::relaxed_simd, Feature::simd},
};

constexpr uint32_t bit(Feature f) { return uint32_t{1} << static_cast<unsigned>(f); }

} // namespace

Features& Features::with(Feature f) {
  bits_ |= bit(f);
  for (const Implication& i : implications)
    if (i.feature == f && !has(i.needs)) with(i.needs);
  return *this;
}

Features& Features::without(Feature f) {
  if (f == Feature::mvp) return *this;
  bits_ &= ~bit(f);
  for (const Implication& i : implications)
    if (i.needs == f && has(i.feature)) without(i.feature);
  return *this;
}

Features Features::wasm1() { return Features{}.with(Feature::mutable_globals); }

Features Features::all() {
  Features features;
  for (unsigned f = 0; f < static_cast<unsigned>(Feature::count_); ++f) features.bits_ |= uint32_t{1} << f;
  return features;
}

Features Features::defaults() {
  Features features = wasm1();
  for (const Feature f :
       {Feature::sign_extension, Feature::saturating_float_to_int, Feature::multi_value, Feature::bulk_memory,
        Feature::reference_types, Feature::simd, Feature::tail_call, Feature::extended_const,
        Feature::function_references, Feature::multi_memory, Feature::memory64})
    features.with(f);
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
