// A guest's `execute` that can suspend and resume. Internal.
#pragma once

#include "host/guest/plugin_abi.hpp"
#include "skerry/suspendable_call.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace skerry::host {

/// One execution. Not thread-safe. Must not outlive `abi` and its instance.
class ResumableExecution {
public:
  using State = SuspendableCall::State;

  ResumableExecution(const GuestAbi& abi, std::string input);
  ResumableExecution(const ResumableExecution&) = delete;
  ResumableExecution& operator=(const ResumableExecution&) = delete;

  /// Starts or resumes the execution. Suspends it when the store's fuel is used up or a host function is not
  /// ready. Must not be called after the execution has finished or failed. Errors: those of
  /// GuestAbi::execute.
  [[nodiscard]] Expected<State> run();
  /// Returns the answer after the execution has finished.
  std::string take_answer() noexcept { return invocation_.take_answer(); }

private:
  [[nodiscard]] Expected<State> run_step();

  const Manifest& manifest_;
  const std::string input_;
  GuestAbi::Invocation invocation_;
  std::optional<GuestAbi::Invocation::Step> step_;
  std::optional<SuspendableCall> call_; // the guest call of step_, once it has begun
  bool begun_ = false;
  std::chrono::nanoseconds elapsed_{0};
};

} // namespace skerry::host
