#include "skerry/func.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/api/call_slots.hpp"
#include "vm/api/values.hpp"
#include "vm/base/address.hpp"
#include "vm/runtime/instantiate.hpp"

#include <algorithm>
#include <array>

namespace skerry {

namespace {

Error no_function() { return usage_error("the function handle is empty"); }

/// The usage error for call_raw: the handle is empty or there are too few slots.
Error no_call(const vm::FuncInstance* func, size_t slots) {
  const auto refused = catching_out_of_memory("calling a function", [&]() -> Result<void> {
    return fail(func == nullptr ? no_function()
                                : usage_error("the function needs more slots than the " +
                                              std::to_string(slots) + " given"));
  });
  return refused.error();
}

/// The slots of a call. They are on the native stack if there are at most 16, else on the heap.
class CallSlots {
public:
  explicit CallSlots(size_t count) : many_(count > few_.size() ? count : 0) {}
  std::span<uint64_t> all() { return many_.empty() ? std::span<uint64_t>(few_) : many_; }

private:
  std::array<uint64_t, 16> few_{};
  std::vector<uint64_t> many_;
};

Result<std::vector<Value>> call(const Func& func, std::span<const Value> args) {
  if (!func) return fail(no_function());
  const vm::FuncInstance& f = *func.data();
  const vm::CanonicalType& type = vm::type_of(f);
  if (auto ok = check_arguments(vm::store_of(f), type, args); !ok) return fail(std::move(ok.error()));
  CallSlots slots(std::max(f.params_slots, f.results_slots));
  store_values(args, slots.all().data());
  if (auto done = func.call_raw(slots.all()); !done) return fail(std::move(done.error()));
  return load_values(vm::store_of(f), type.results(), slots.all().data());
}

} // namespace

FuncType Func::type() const {
  return data_ == nullptr ? FuncType{} : std::get<FuncType>(vm::extern_type(*data_));
}

Result<std::vector<Value>> Func::call(std::span<const Value> args) const {
  return catching_out_of_memory("calling a function", [&] { return skerry::call(*this, args); });
}

Result<void> Func::call_raw(std::span<uint64_t> slots) const {
  if (data_ == nullptr || slots.size() < std::max(data_->params_slots, data_->results_slots))
    return fail(no_call(data_, slots.size()));
  vm::Store& store = vm::store_of(*data_);
  if (store.engine->invoke(store, *data_, slots.data())) [[likely]]
    return {};
  return fail(vm::take_error(store));
}

Result<Ref> Func::ref() const noexcept {
  if (data_ == nullptr) return Ref();
  return vm::make_ref(vm::store_of(*data_), vm::address_of(data_));
}

Result<Func> Func::create_native(Store& store, const FuncType& type, NativeHostFunc function,
                                 std::shared_ptr<void> context) {
  return catching_out_of_memory("making a host function", [&]() -> Result<Func> {
    auto host = vm::make_host_func(store.data()->engine->types, type, function, std::move(context));
    if (!host) return fail(std::move(host.error()));
    return Func(vm::host_func_instance(*store.data(), std::move(*host)));
  });
}

detail::RefSlots::RefSlots(const Func& func) noexcept : store_(&vm::store_of(*func.data())) {}
detail::RefSlots::RefSlots(const Caller& caller) noexcept : store_(caller.store_data()) {}

Ref detail::RefSlots::load(uint64_t slot) noexcept {
  auto ref = vm::make_ref(*store_, slot);
  if (ref) return std::move(*ref);
  if (!error_) error_ = std::move(ref.error());
  return {};
}

uint64_t detail::RefSlots::store(const Ref& ref) noexcept {
  auto slot = catching_out_of_memory("passing a reference", [&] { return slot_of(*store_, ref, externref); });
  if (slot) return *slot;
  if (!error_) error_ = std::move(slot.error());
  return 0;
}

Result<void> detail::check_signature(const Func& func, const FuncType& type) {
  return catching_out_of_memory("looking at a function's type", [&]() -> Result<void> {
    if (!func) return fail(no_function());
    const FuncType have = func.type();
    const auto result_fits = [](ValType got, ValType wanted) {
      return wanted == externref ? got.is_ref() : got == wanted;
    };
    if (have.params == type.params && std::ranges::equal(have.results, type.results, result_fits)) return {};
    return fail(usage_error("the function has type " + to_string(have) + ", not " + to_string(type)));
  });
}

} // namespace skerry
