#include "skerry/config.hpp"

#include "tests/catch.hpp"

using namespace skerry;

TEST_CASE("a feature enables the features that it needs") {
  Features features;
  CHECK_FALSE(features.has(Feature::bulk_memory));
  features.with(Feature::gc);
  CHECK(features.has(Feature::function_references));
  CHECK(features.has(Feature::reference_types));
  CHECK(features.has(Feature::bulk_memory));
  CHECK_FALSE(features.has(Feature::simd));
}

TEST_CASE("disabling a feature disables those that need it") {
  Features features = Features{}.with(Feature::gc).with(Feature::relaxed_simd);
  features.without(Feature::reference_types);
  CHECK_FALSE(features.has(Feature::gc));
  CHECK_FALSE(features.has(Feature::function_references));
  CHECK(features.has(Feature::bulk_memory));
  CHECK(features.has(Feature::relaxed_simd));
}

TEST_CASE("a feature that the engine does not have cannot be enabled") {
  for (size_t i = 0; i < static_cast<size_t>(Feature::count_); ++i) {
    const auto feature = static_cast<Feature>(i);
    INFO(feature_name(feature));
    const bool is_known = feature_standing(feature) != FeatureStanding::refused;
    CHECK(Features{}.with(feature).has(feature) == is_known);
    CHECK(Features::all().has(feature) == is_known);
    CHECK(Features::defaults().has(feature) == (feature_standing(feature) == FeatureStanding::standard));
    CHECK_FALSE(feature_name(feature).empty());
  }
  CHECK(feature_name(Feature::threads) == "threads");
}

TEST_CASE("the core cannot be turned off") { CHECK(Features{}.without(Feature::mvp).has(Feature::mvp)); }

TEST_CASE("defaults are Wasm 3.0 without garbage collection, exceptions and relaxed SIMD") {
  const Features features = Features::defaults();
  for (const Feature f :
       {Feature::mutable_globals, Feature::multi_value, Feature::bulk_memory, Feature::reference_types,
        Feature::simd, Feature::tail_call, Feature::extended_const, Feature::function_references,
        Feature::multi_memory, Feature::memory64})
    CHECK(features.has(f));
  for (const Feature f : {Feature::gc, Feature::exceptions, Feature::relaxed_simd})
    CHECK_FALSE(features.has(f));
  CHECK_FALSE(Features::wasm1().has(Feature::multi_value));
}
