#include "host/cli/version.hpp"

#include "host/cli/build_info.hpp"
#include "skerry/config.hpp"

namespace skerry::host::cli {

namespace {

std::string simd_text() {
  const auto targets = simd_targets();
  if (targets.empty()) return "what the build is compiled for";
  std::string others;
  for (const SimdTarget target : targets)
    others += (others.empty() ? "" : ", ") + std::string(simd_target_name(target));
  return std::string(simd_target_name(targets.front())) + " (of " + others + ")";
}

/// The names of the features that are enabled, or of those that are not.
std::string features_text(bool enabled) {
  std::string names;
  for (unsigned i = 0; i < static_cast<unsigned>(Feature::count_); ++i) {
    const auto feature = static_cast<Feature>(i);
    if (Features::defaults().has(feature) == enabled) names += " " + std::string(feature_name(feature));
  }
  return names;
}

} // namespace

std::string version_text() {
  const std::string commit = build_info.commit;
  return std::string("skerry ") + build_info.version + (commit.empty() ? "" : " (" + commit + ")") +
         "\ncompiler: " + build_info.compiler + "\ndispatch: " + build_info.dispatch +
         "\nsimd:     " + simd_text() + "\nfeatures:" + features_text(true) +
         "\nmissing: " + features_text(false) + "\n";
}

} // namespace skerry::host::cli
