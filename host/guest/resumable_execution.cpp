#include "host/guest/resumable_execution.hpp"

#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"

#include <utility>

namespace skerry::host {

ResumableExecution::ResumableExecution(const GuestAbi& abi, std::string input)
    : manifest_(abi.manifest()), input_(std::move(input)),
      invocation_(abi.execution(std::as_bytes(std::span(input_)))) {}

Expected<ResumableExecution::State> ResumableExecution::run() {
  if (!std::exchange(begun_, true)) {
    auto first = invocation_.first();
    if (!first) return fail(std::move(first.error()));
    step_ = *first;
  }
  while (step_) {
    auto state = run_step();
    if (!state || *state != State::finished) return state;
    auto next = invocation_.next(call_->results());
    call_.reset();
    if (!next) return fail(std::move(next.error()));
    step_ = *next;
  }
  return State::finished;
}

Expected<ResumableExecution::State> ResumableExecution::run_step() {
  if (!call_) {
    auto prepared = SuspendableCall::prepare(step_->function, step_->arguments());
    if (!prepared) return fail(engine_error(manifest_, Phase::call, prepared.error()));
    call_.emplace(std::move(*prepared));
  }
  const auto start = Store::Clock::now();
  auto state = call_->run();
  elapsed_ += Store::Clock::now() - start;
  if (!state) return fail(engine_error(manifest_, Phase::call, state.error(), elapsed_));
  return *state;
}

} // namespace skerry::host
