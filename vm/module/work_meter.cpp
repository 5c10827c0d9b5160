#include "vm/module/work_meter.hpp"

#include "vm/base/limit_error.hpp"

#include <utility>

namespace skerry::vm {

bool WorkMeter::look() {
  looks_->unseen = 0;
  if (error_) return false;
  if (auto why = looks_->look(looks_->store)) return refuse(std::move(*why));
  return true;
}

bool WorkMeter::refuse(Error why) {
  if (!error_) error_.emplace(std::move(why));
  return false;
}

bool WorkMeter::take(uint64_t bytes) {
  if (error_) return false;
  if (!engine_budget_.take(bytes)) return refuse(limit_error("engine_budget", engine_budget_, bytes));
  if (take_to_keep(bytes)) return true;
  engine_budget_.give_back(bytes);
  return false;
}

void WorkMeter::give_back(uint64_t bytes) noexcept {
  engine_budget_.give_back(bytes);
  if (store_budget_) store_budget_->give_back(bytes);
}

bool WorkMeter::take_to_keep(uint64_t bytes) {
  if (error_) return false;
  if (!store_budget_ || store_budget_->take(bytes)) return true;
  return refuse(limit_error("budget_bytes", *store_budget_, bytes));
}

void WorkMeter::refuse_memory() { refuse(system_refused("the system refuses memory for the engine's work")); }

} // namespace skerry::vm
