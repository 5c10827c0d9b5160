#include "vm/runtime/store.hpp"

#include "vm/platform/coarse_clock.hpp"

#include <chrono>

namespace skerry::vm {

Store::Store(std::shared_ptr<EngineData> engine_data, const StoreLimits& store_limits)
    : engine(std::move(engine_data)), limits(store_limits),
      interrupt_flag(std::make_shared<std::atomic<bool>>(false)) {}

Store::~Store() {
  roots.expire_all(); // first, because host values and functions may hold references to the store
  release_stack(*this);
  give_back_budget(budget_taken);
}

bool Store::take_budget(uint64_t bytes) noexcept {
  if (!budget) return true;
  if (!budget->take(bytes)) return false;
  budget_taken += bytes;
  return true;
}

void Store::give_back_budget(uint64_t bytes) noexcept {
  if (!budget) return;
  budget->give_back(bytes);
  budget_taken -= bytes;
}

bool Store::fail(Error why) noexcept {
  error.emplace(std::move(why));
  return false;
}

namespace {

using Clock = skerry::Store::Clock;

bool take_interrupt(const Store& store) {
  std::atomic<bool>& flag = *store.interrupt_flag;
  return flag.load(std::memory_order_relaxed) && flag.exchange(false);
}

/// Returns whether the deadline is at least 20 ms away. Uses a cheap clock that shows the time of the last
/// system tick, which is at most 10 ms ago. Returns false if there is no such clock.
bool is_far(Clock::time_point deadline) {
  const auto now = platform::coarse_now();
  return now && deadline - *now > std::chrono::milliseconds(20);
}

} // namespace

ErrorCode look(const Store& store) noexcept {
  if (take_interrupt(store)) return ErrorCode::interrupted;
  if (store.deadline == Clock::time_point::max()) return ErrorCode::none;
  const auto& clock = store.engine->config.clock;
  const Clock::time_point now = clock ? clock() : Clock::now();
  return now >= store.deadline ? ErrorCode::deadline_exceeded : ErrorCode::none;
}

ErrorCode look_roughly(const Store& store) noexcept {
  const bool has_deadline = store.deadline != Clock::time_point::max();
  if (has_deadline && (store.engine->config.clock || !is_far(store.deadline))) return look(store);
  return take_interrupt(store) ? ErrorCode::interrupted : ErrorCode::none;
}

std::optional<Error> check_interrupt(const Store& store) noexcept {
  if (const ErrorCode stop = look(store); stop != ErrorCode::none) return Error::trap(stop);
  return {};
}

WorkMeter work_meter(Store& store) {
  return {store.engine->work_budget, store.budget, {check_interrupt, store, store.unseen_work}};
}

} // namespace skerry::vm
