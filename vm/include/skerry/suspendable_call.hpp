// SuspendableCall: a call that can stop in the middle, and go on later, perhaps on another thread.
#pragma once

#include "skerry/error.hpp"
#include "skerry/instance.hpp"
#include "skerry/types.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace skerry {

/// Stops when the store's fuel is used up, and when a host function that it calls is not ready
/// (Caller::not_ready). Until it has ended, or is destroyed, no other call can run in its store. What it has
/// to do with the store, fuel and deadline is as for Func::call. Movable; must not outlive the store.
class SuspendableCall {
public:
  enum class State : uint8_t {
    finished,
    out_of_fuel, ///< Store::set_fuel, then run again
    not_ready,   ///< run again when the host function may be ready: it is called again
  };

  /// Checks the arguments; runs nothing yet. Errors: usage.
  static Result<SuspendableCall> prepare(const Func& func, std::span<const Value> args);
  SuspendableCall(SuspendableCall&&) noexcept;
  SuspendableCall& operator=(SuspendableCall&&) noexcept;
  /// A call that has not ended is given up.
  ~SuspendableCall();

  /// Starts the call, or goes on with it. However often it is cut, the results, and the fuel that it uses,
  /// are those of one run. A call that fails has ended. While the call is inside a host function that calls
  /// wasm itself, it cannot stop: running out of fuel is then an error. Errors: those of Func::call; usage
  /// when it has ended.
  Result<State> run();
  /// Of a call that has finished; else empty.
  std::vector<Value> results() const;

private:
  SuspendableCall() = default;
  void give_up() noexcept;

  Func func_;
  std::vector<uint64_t> slots_;
  std::shared_ptr<void> suspended_; // the store's, while the call is suspended
  enum class Progress : uint8_t { prepared, suspended, finished, failed } progress_ = Progress::prepared;
};

} // namespace skerry
