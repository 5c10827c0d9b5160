#include "skerry/caller.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/api/guest_bytes.hpp"
#include "vm/api/values.hpp"
#include "vm/base/address.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/fuel.hpp"
#include "vm/runtime/linker.hpp"
#include "vm/runtime/store.hpp"
#include "vm/runtime/suspension.hpp"

namespace skerry {

std::span<std::byte> Caller::memory() const noexcept {
  if (instance_ == nullptr || instance_->host_memory == nullptr) return {};
  return {instance_->host_memory->base, vm::to_size(instance_->host_memory->byte_size)};
}

std::optional<MemoryType> Caller::memory_type() const noexcept {
  if (instance_ == nullptr || instance_->host_memory == nullptr) return std::nullopt;
  return vm::memory_type(*instance_->host_memory);
}

Result<std::span<std::byte>> Caller::memory(uint64_t address, uint64_t length) const {
  const std::span<std::byte> bytes = memory();
  if (vm::fits(address, length, bytes.size())) [[likely]]
    return bytes.subspan(vm::to_size(address), vm::to_size(length));
  return skerry::fail(outside_memory("host function given ", address, length, bytes.size()));
}

Result<std::string> Caller::read_string(uint64_t address, uint64_t length) const {
  return catching_out_of_memory("reading a memory", [&] { return text_of(memory(address, length)); });
}

Result<void> Caller::write_bytes(uint64_t address, ByteView source) const {
  return copy_into(memory(address, source.size()), source);
}

Result<Ref> Caller::to_ref(uint64_t slot) const noexcept { return vm::make_ref(*store_, slot); }

Result<uint64_t> Caller::to_slot(const Ref& ref) const noexcept { return slot_of(*store_, ref); }

Instance Caller::instance() const noexcept { return Instance(instance_); }

std::optional<Extern> Caller::get_export(std::string_view name) const {
  return instance_ == nullptr ? std::nullopt : instance().get_export(name);
}

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

void* Caller::user_data() const noexcept { return store_->user_data.object; }

void* Caller::user_data_of_type(const void* type) const noexcept { return store_->user_data.of_type(type); }

Unexpected<Error> Caller::not_ready() {
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

Error detail::no_object_for_member() {
  return Error(ErrorKind::usage, ErrorCode::none,
               "the host function is a member function, and the store has no object of its class: call "
               "Store::set_user_data with a pointer to one");
}

bool Caller::fail(Error why) { return store_->fail(std::move(why)); }

} // namespace skerry
