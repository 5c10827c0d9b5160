#include "skerry/caller.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/fuel.hpp"
#include "vm/runtime/store.hpp"
#include "vm/runtime/suspension.hpp"

namespace skerry {

std::span<std::byte> Caller::memory() const noexcept {
  if (instance_ == nullptr || instance_->host_memory == nullptr) return {};
  return {instance_->host_memory->base, instance_->host_memory->byte_size};
}

std::optional<MemoryType> Caller::memory_type() const noexcept {
  if (instance_ == nullptr || instance_->host_memory == nullptr) return std::nullopt;
  return instance_->host_memory->type;
}

Result<std::span<std::byte>> Caller::memory(uint64_t address, uint64_t length) const {
  const std::span<std::byte> bytes = memory();
  if (vm::fits(address, length, bytes.size())) [[likely]]
    return bytes.subspan(address, length);
  Error error = Error::trap(ErrorCode::out_of_bounds_memory_access);
  unless_out_of_memory(
      [&] {
        error.with_detail(": host function given address " + std::to_string(address) + " and length " +
                          std::to_string(length) + ", memory has " + std::to_string(bytes.size()) + " bytes");
      },
      [] {});
  return skerry::fail(std::move(error));
}

Instance Caller::instance() const noexcept { return Instance(instance_); }

uint64_t Caller::fuel_used() const noexcept { return vm::fuel_used(*store_); }

Result<void> Caller::consume_fuel(uint64_t instructions) {
  if (vm::consume_fuel(*store_, instructions)) return {};
  return skerry::fail(Error::trap(ErrorCode::out_of_fuel));
}

Result<void> Caller::check_interrupt() const {
  if (auto error = vm::check_interrupt(*store_)) return skerry::fail(std::move(*error));
  return {};
}

Store::Clock::time_point Caller::deadline() const noexcept { return store_->deadline; }

void* Caller::user_data() const noexcept { return store_->user_data; }

std::unexpected<Error> Caller::not_ready() {
  auto why = catching_out_of_memory("suspending a call", [&]() -> Result<void> {
    auto error = Error::host("a host function is not ready, and the call cannot wait for it");
    if (store_->may_suspend && store_->host_depth == 1) {
      auto asked = std::make_shared<vm::Suspension>();
      asked->by_host = true;
      store_->suspended = std::move(asked);
    }
    return skerry::fail(std::move(error));
  });
  return skerry::fail(std::move(why.error()));
}

bool Caller::fail(Error why) { return store_->fail(std::move(why)); }

} // namespace skerry
