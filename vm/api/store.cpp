#include "skerry/store.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/api/values.hpp"
#include "vm/base/address.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/fuel.hpp"
#include "vm/runtime/store.hpp"

#include <algorithm>

namespace skerry {

void InterruptHandle::interrupt() noexcept {
  static_cast<std::atomic<bool>*>(flag_.get())->store(true, std::memory_order_relaxed);
}

Store::Store(const Engine& engine, const StoreLimits& limits)
    : data_(std::make_unique<vm::Store>(engine.data(), limits)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Engine Store::engine() const noexcept { return Engine(data_->engine); }
const StoreLimits& Store::limits() const noexcept { return data_->limits; }
StoreUsage Store::usage() const noexcept { return data_->usage; }

void Store::set_fuel(uint64_t instructions) noexcept { vm::set_fuel(*data_, instructions); }
uint64_t Store::fuel() const noexcept {
  return static_cast<uint64_t>(std::max(data_->fuel_left(), int64_t{0}));
}
uint64_t Store::fuel_used() const noexcept { return vm::fuel_used(*data_); }

void Store::set_deadline(Clock::time_point when) noexcept { data_->deadline = when; }
void Store::clear_deadline() noexcept { data_->deadline = Clock::time_point::max(); }
Store::Clock::time_point Store::deadline() const noexcept { return data_->deadline; }

InterruptHandle Store::interrupt_handle() const { return InterruptHandle(data_->interrupt_flag); }

void Store::set_budget(std::shared_ptr<ByteBudget> budget) noexcept { data_->budget = std::move(budget); }
void Store::set_user_data(void* data, const void* type) noexcept { data_->user_data = {data, type}; }
void* Store::user_data() const noexcept { return data_->user_data.object; }
void* Store::user_data_of_type(const void* type) const noexcept { return data_->user_data.of_type(type); }

Result<Ref> Store::make_externref(std::any value) {
  return catching_out_of_memory("making an externref", [&]() -> Result<Ref> {
    constexpr uint64_t bytes = sizeof(vm::Store::HostObject);
    if (!vm::fits(data_->usage.heap_bytes, bytes, data_->limits.heap_bytes))
      return fail(vm::limit_error("heap_bytes", data_->usage.heap_bytes + bytes, data_->limits.heap_bytes));
    auto object = std::make_unique<vm::Store::HostObject>(*data_, std::move(value));
    auto ref = vm::make_ref(*data_, vm::address_of(object.get()));
    if (!ref) return ref;
    data_->host_objects.push_back(std::move(object));
    data_->usage.heap_bytes += bytes;
    return ref;
  });
}

const std::any* Store::externref_value(const Ref& ref) const noexcept {
  const vm::Root* root = vm::RefAccess::root(ref);
  if (root == nullptr || root->store != data_.get() || (root->bits & 1) != 0) return nullptr; // odd: i31
  const auto* object = vm::pointer_to<const vm::Object>(root->bits);
  if (object->kind() != vm::ObjectKind::host) return nullptr;
  return &static_cast<const vm::Store::HostObject*>(object)->value;
}

Result<Ref> Store::to_ref(uint64_t slot) const noexcept { return vm::make_ref(*data_, slot); }

Result<uint64_t> Store::to_slot(const Ref& ref) const noexcept { return slot_of(*data_, ref); }

} // namespace skerry
