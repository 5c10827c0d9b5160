#include "vm/runtime/store.hpp"

namespace skerry::vm {

Store::Store(std::shared_ptr<EngineData> engine_data, const StoreLimits& store_limits)
    : engine(std::move(engine_data)), limits(store_limits),
      interrupt_flag(std::make_shared<std::atomic<bool>>(false)) {}

Store::~Store() {
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

std::optional<Error> check_interrupt(const Store& store) noexcept {
  std::atomic<bool>& flag = *store.interrupt_flag;
  if (flag.load(std::memory_order_relaxed) && flag.exchange(false))
    return Error::trap(ErrorCode::interrupted);
  using Clock = skerry::Store::Clock;
  const auto& clock = store.engine->config.clock;
  if (store.deadline != Clock::time_point::max() && (clock ? clock() : Clock::now()) >= store.deadline)
    return Error::trap(ErrorCode::deadline_exceeded);
  return {};
}

} // namespace skerry::vm
