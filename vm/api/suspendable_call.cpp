#include "skerry/suspendable_call.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/api/call_slots.hpp"
#include "vm/api/values.hpp"
#include "vm/runtime/instantiate.hpp"
#include "vm/runtime/suspension.hpp"

#include <algorithm>
#include <utility>

namespace skerry {

namespace {

/// Allows the store's calls to be suspended as long as this object lives.
class MaySuspend {
public:
  explicit MaySuspend(vm::Store& store) : store_(store) { store.may_suspend = true; }
  ~MaySuspend() { store_.may_suspend = false; }
  MaySuspend(const MaySuspend&) = delete;
  MaySuspend& operator=(const MaySuspend&) = delete;

private:
  vm::Store& store_;
};

} // namespace

Result<SuspendableCall> SuspendableCall::prepare(const Func& func, std::span<const Value> args) {
  return catching_out_of_memory("preparing a call", [&]() -> Result<SuspendableCall> {
    if (!func) return fail(usage_error("the function handle is empty"));
    const vm::FuncInstance& f = *func.data();
    const vm::Store& store = vm::store_of(f);
    if (auto ok = check_arguments(store, vm::type_of(f), args); !ok) return fail(std::move(ok.error()));
    SuspendableCall call;
    call.func_ = func;
    call.slots_.resize(std::max({f.params_slots, f.results_slots, uint16_t{1}}));
    call.values_.assign(args.begin(), args.end());
    return call;
  });
}

SuspendableCall::SuspendableCall(SuspendableCall&& other) noexcept
    : func_(other.func_), values_(std::move(other.values_)), slots_(std::move(other.slots_)),
      suspended_(std::move(other.suspended_)), progress_(std::exchange(other.progress_, Progress::failed)) {}

SuspendableCall& SuspendableCall::operator=(SuspendableCall&& other) noexcept {
  if (this == &other) return *this;
  give_up();
  func_ = other.func_;
  values_ = std::move(other.values_);
  slots_ = std::move(other.slots_);
  suspended_ = std::move(other.suspended_);
  progress_ = std::exchange(other.progress_, Progress::failed);
  return *this;
}

SuspendableCall::~SuspendableCall() { give_up(); }

/// Abandons the call. Its frames on the store's value stack need no cleanup, because the next call overwrites
/// them.
void SuspendableCall::give_up() noexcept {
  if (progress_ != Progress::suspended) return;
  vm::Store& store = vm::store_of(*func_.data());
  if (store.suspended == suspended_) store.suspended.reset();
  suspended_.reset();
  progress_ = Progress::failed;
}

Result<SuspendableCall::State> SuspendableCall::run() {
  return catching_out_of_memory("running a call", [&]() -> Result<State> {
    if (progress_ == Progress::finished || progress_ == Progress::failed)
      return fail(usage_error("the call has ended"));
    vm::Store& store = vm::store_of(*func_.data());
    if (store.host_depth != 0) return fail(usage_error("the store runs a call"));
    if (store.suspended != suspended_)
      return fail(usage_error(suspended_ ? "the instance was reset while the call was suspended"
                                         : "another call of the store is suspended"));
    if (progress_ == Progress::prepared) store_values(values_, slots_.data());
    const bool ended = [&] {
      const MaySuspend may_suspend(store);
      return store.engine->invoke(store, *func_.data(), slots_.data());
    }();
    suspended_ = ended ? store.suspended : nullptr;
    if (!ended) {
      store.suspended.reset();
      progress_ = Progress::failed;
      return fail(vm::take_error(store));
    }
    if (!suspended_) return finish();
    progress_ = Progress::suspended;
    return vm::suspension_of(store)->by_host ? State::not_ready : State::out_of_fuel;
  });
}

Result<SuspendableCall::State> SuspendableCall::finish() {
  progress_ = Progress::failed; // if the results cannot be loaded, the call has failed
  const vm::FuncInstance& func = *func_.data();
  auto results = load_values(vm::store_of(func), vm::type_of(func).results(), slots_.data());
  if (!results) return fail(std::move(results.error()));
  values_ = std::move(*results);
  progress_ = Progress::finished;
  return State::finished;
}

} // namespace skerry
