// The configuration of an Engine: language features, limits, and switches for tests.
#pragma once

#include "skerry/limits.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace skerry {

/// WebAssembly 1.0 (mvp) and the proposals beyond it (skerry/features.def). An engine refuses a module that
/// uses a feature which is not enabled, with an error of kind unsupported that names the feature.
enum class Feature : uint8_t {
#define SKERRY_FEATURE(name, ...) name,
#include "skerry/features.def"
  count_,
};

/// How far the engine has a feature.
enum class FeatureStanding : uint8_t {
  standard, ///< part of Features::defaults
  loads,    ///< if the feature is enabled, modules that use it load, but the engine cannot run them yet
  refused,  ///< the engine only recognizes the feature; enabling it has no effect
};
/// The feature's name in messages: "mvp", "simd", "gc", … Thread-safe.
std::string_view feature_name(Feature feature) noexcept;
/// How far the engine has the feature. Thread-safe.
FeatureStanding feature_standing(Feature feature) noexcept;

/// A set of features. For each feature, the set also contains the features that this feature depends on: gc,
/// for example, depends on function_references.
class Features {
public:
  /// Returns whether `f` is in the set.
  constexpr bool has(Feature f) const { return (bits_ >> static_cast<unsigned>(f)) & 1; }
  /// Adds `f` and every feature that `f` depends on. Does nothing if the engine does not have `f`
  /// (FeatureStanding::refused).
  Features& with(Feature f);
  /// Removes `f` and every feature that depends on `f`. mvp cannot be removed.
  Features& without(Feature f);
  /// The features of WebAssembly 3.0 without garbage collection, exceptions and relaxed SIMD: all features
  /// that this version implements.
  static Features defaults();
  /// Every feature that the engine has at least in part (FeatureStanding::loads). With this set, the engine
  /// loads modules that use any of these features, but it cannot run garbage collection, exceptions and
  /// relaxed SIMD yet.
  static Features all();
  /// WebAssembly 1.0: mvp and mutable_globals.
  static Features wasm1();

private:
  uint32_t bits_ = 1; // mvp
};

/// The processor instructions with which the interpreter executes vector operations. All targets give the
/// same results. Which targets a build contains depends on the processor architecture that the engine is
/// built for.
enum class SimdTarget : uint8_t {
  automatic, ///< the best that this machine can run
  scalar,    ///< portable loops over the lanes, for comparison
  sse4,      ///< x86: SSE4.2
  avx2,      ///< x86: AVX2
  neon,      ///< ARM
};
/// The target's name: "auto", "scalar", "sse4", "avx2" or "neon".
std::string_view simd_target_name(SimdTarget target);
/// The targets that this build contains and this machine can run, best first, without `automatic`.
/// Thread-safe.
std::vector<SimdTarget> simd_targets();

/// Settings of an engine. They cannot change after the engine is made.
struct Config {
  Features features = Features::defaults();
  ModuleLimits module_limits;

  /// The number of instructions between two checks of the deadline, the interrupt flag and requests to
  /// suspend the call. With a smaller number, calls react faster to these; tests use 1. An instruction takes
  /// about 1 ns, so with the default a check happens about every 0.1 ms.
  uint32_t fuel_slice = 65'536;
  /// Bytes of memory that the engine's own work may hold at once, over all stores and threads. The engine's
  /// own work is translating functions (at a function's first call, and for backtraces) and loading modules.
  /// Loading counts only the data that it frees at its end, not the module that stays. Work that needs more
  /// fails with a limit error ("engine_budget limit exceeded: …") and can be retried. The default is enough
  /// for the largest function body of ordinary code (docs/rationale.md has the figures).
  uint64_t engine_budget = uint64_t{256} << 20;
  /// For tests: moves the value stack to a new address at each check of the deadline, and a memory at each
  /// growth.
  bool move_stack = false;
  /// Fuses frequent instruction sequences into superinstructions. Turn this off only in tests and in ablation
  /// studies.
  bool fusion = true;
  /// For debugging: the engine calls this function before each instruction, with a line of text that
  /// describes the instruction (docs/architecture.md, "Tracing"). The line does not end with a newline. If
  /// the function returns false, the engine stops tracing the store. Results, fuel and errors are the same as
  /// without a trace, but code takes more memory, has no superinstructions and runs very much slower. The
  /// engine calls the function on the thread that runs the store. The function must be thread-safe, must not
  /// throw and must not use the store.
  std::function<bool(std::string_view line)> trace;
  /// The target that executes vector operations. A target that simd_targets() does not list is treated as
  /// automatic.
  SimdTarget simd_target = SimdTarget::automatic;
  /// For tests: a clock that replaces std::chrono::steady_clock in comparisons with deadlines. If a deadline
  /// is set, the engine calls this function at each check, on the thread that does the work. The function
  /// must be thread-safe and must not throw.
  std::function<std::chrono::steady_clock::time_point()> clock;
};

} // namespace skerry
