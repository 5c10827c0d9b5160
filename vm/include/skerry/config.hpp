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

/// The 1.0 core (mvp) and the proposals beyond it. An engine refuses modules that use a feature which is not
/// enabled.
enum class Feature : uint8_t {
  mvp,
  mutable_globals,
  sign_extension,
  saturating_float_to_int,
  multi_value,
  bulk_memory,
  reference_types,
  simd,
  tail_call,
  extended_const,
  function_references,
  gc,
  exceptions,
  multi_memory,
  memory64,
  relaxed_simd,
  count_,
};

/// A set of features. It stays closed under dependencies: gc, for example, needs function_references.
class Features {
public:
  /// Returns whether `f` is in the set.
  constexpr bool has(Feature f) const { return (bits_ >> static_cast<unsigned>(f)) & 1; }
  /// Adds `f` and every feature that it needs.
  Features& with(Feature f);
  /// Removes `f` and every feature that needs it. The 1.0 core (mvp) cannot be removed.
  Features& without(Feature f);
  /// The features of Wasm 3.0 without garbage collection, exceptions and relaxed SIMD: all that this version
  /// implements.
  static Features defaults();
  /// Every feature of this list. Modules may use them all, but the engine does not run all of them yet.
  static Features all();
  /// WebAssembly 1.0: the core and mutable globals.
  static Features wasm1();

private:
  uint32_t bits_ = 1; // mvp
};

/// The instructions with which the interpreter executes vector operations. All targets give the same results.
/// The processor that the engine is built for decides which targets exist.
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

  /// Instructions between two checks of the deadline, the interrupt flag and requests to suspend. A smaller
  /// slice reacts faster; 1 is for tests. At about 1 ns per instruction the default checks every 0.1 ms.
  uint32_t fuel_slice = 65'536;
  /// Bytes that the engine's own work may hold at once, over all stores and threads: translation at a
  /// function's first call and for backtraces, and what loading needs beyond the module. Work that needs
  /// more ends with a limit error ("engine_budget limit exceeded: …") and can be retried. The default is
  /// enough for the largest body of ordinary code (docs/rationale.md has the figures).
  uint64_t engine_budget = uint64_t{256} << 20;
  /// For tests: moves the value stack to a new address at each check, and a memory at each growth.
  bool move_stack = false;
  /// Fuses frequent instruction sequences into superinstructions. Turn it off only in tests and ablation
  /// studies.
  bool fusion = true;
  /// For debugging: called with a line of text for each instruction that is about to run, without a newline
  /// (docs/architecture.md, "Tracing"). Returns whether it wants the next one; after false the store is
  /// traced no more. Results, fuel and errors are the same as without a trace, but code takes more memory,
  /// has no superinstructions and runs very much slower. The function is called on the thread that runs the
  /// store. It must be thread-safe, must not throw and must not use the store.
  std::function<bool(std::string_view line)> trace;
  /// A target that simd_targets() does not list is treated as automatic.
  SimdTarget simd_target = SimdTarget::automatic;
  /// For tests: the clock that deadlines are compared with, in place of std::chrono::steady_clock. The engine
  /// calls it at each check of a deadline that is set, on the thread that does the work. It must be
  /// thread-safe and must not throw.
  std::function<std::chrono::steady_clock::time_point()> clock;
};

} // namespace skerry
