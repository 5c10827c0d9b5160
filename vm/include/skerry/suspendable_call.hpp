// SuspendableCall: a call that can stop before it has ended and be resumed later, perhaps on another thread.
#pragma once

#include "skerry/error.hpp"
#include "skerry/instance.hpp"
#include "skerry/types.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace skerry {

/// A call that stops when the store's fuel is used up, or when a host function that it calls is not ready
/// (Caller::not_ready). No other call can run in the store until this call has ended or this object is
/// destroyed. Fuel, deadline and the store's threading rule are the same as for Func::call. Movable. Must not
/// outlive the store.
class SuspendableCall {
public:
  /// Why run returned.
  enum class State : uint8_t {
    finished,
    out_of_fuel, ///< call Store::set_fuel, then run again
    not_ready,   ///< run again when the host function may be ready; run calls the host function again
  };

  /// Checks the arguments but runs nothing yet. Errors: usage.
  static Result<SuspendableCall> prepare(const Func& func, std::span<const Value> args);
  static Result<SuspendableCall> prepare(const Func& func, std::initializer_list<Value> args) {
    return prepare(func, std::span(args.begin(), args.size()));
  }
  SuspendableCall(SuspendableCall&&) noexcept;
  SuspendableCall& operator=(SuspendableCall&&) noexcept;
  /// Abandons a call that has not ended.
  ~SuspendableCall();

  /// Starts or resumes the call. The results and the fuel used do not depend on how often the call stops. A
  /// call that fails has ended and cannot be resumed. The call cannot stop while it runs wasm that a host
  /// function has called: running out of fuel in such code is an error. Errors: those of Func::call; usage if
  /// the call has ended.
  Result<State> run();
  /// The results if the call has finished; empty otherwise.
  std::vector<Value> results() const {
    return progress_ == Progress::finished ? values_ : std::vector<Value>();
  }

private:
  SuspendableCall() = default;
  void give_up() noexcept;
  Result<State> finish();

  Func func_;
  std::vector<Value> values_; // the arguments until the call begins; the results when it has finished
  std::vector<uint64_t> slots_;
  std::shared_ptr<void> suspended_; // shared with the store while the call is suspended
  enum class Progress : uint8_t { prepared, suspended, finished, failed } progress_ = Progress::prepared;
};

} // namespace skerry
