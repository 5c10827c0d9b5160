// What an Engine is made with: language features, limits, and switches that tests use.
#pragma once

#include "skerry/limits.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace skerry {

/// One per proposal beyond the 1.0 core that modules may be refused for.
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

/// A set of features; `with` also turns on what a feature needs (gc needs function_references …), `without`
/// also turns off what needs the feature.
class Features {
public:
  constexpr bool has(Feature f) const { return (bits_ >> static_cast<unsigned>(f)) & 1; }
  Features& with(Feature f);
  Features& without(Feature f);
  /// Wasm 3.0 without garbage collection, exceptions and relaxed SIMD: what this version implements.
  static Features defaults();
  static Features wasm1();

private:
  uint32_t bits_ = 1; // mvp
};

/// What the interpreter executes vector instructions with. All give the same results; which exist depends on
/// the processor the engine is built for.
enum class SimdTarget : uint8_t {
  automatic, ///< the best that this machine has
  scalar,    ///< portable loops over the lanes, for comparison
  sse4,      ///< x86: SSE4.2
  avx2,      ///< x86: AVX2
  neon,      ///< ARM
};
/// "auto", "scalar", "sse4", "avx2", "neon".
std::string_view simd_target_name(SimdTarget target);
/// Those that this build has and this machine can run, the best first; without automatic. Thread-safe.
std::vector<SimdTarget> simd_targets();

struct Config {
  Features features = Features::defaults();
  ModuleLimits module_limits;

  /// Instructions between two looks at deadline, interrupt and suspension requests. Smaller reacts faster; 1
  /// is for tests. At ~1 ns an instruction the default is a look every 0.1 ms.
  uint32_t fuel_slice = 65'536;
  /// Test aid: give the value stack a new address at each of those looks.
  bool move_stack = false;
  /// Fuse frequent instruction sequences (superinstructions); off is for tests and ablation.
  bool fusion = true;
  /// One that simd_targets() does not name is taken as automatic.
  SimdTarget simd_target = SimdTarget::automatic;
  /// Test aid: the clock that deadlines are compared with, in place of std::chrono::steady_clock. It is
  /// called at each look at a deadline that is set, on the thread that works. It must be thread-safe and not
  /// throw.
  std::function<std::chrono::steady_clock::time_point()> clock;
};

} // namespace skerry
