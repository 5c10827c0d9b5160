#include "skerry/func.hpp"

#include "vm/api/call_slots.hpp"
#include "vm/api/values.hpp"
#include "vm/runtime/instantiate.hpp"

#include <algorithm>
#include <array>

namespace skerry {

namespace {

Error no_function() { return usage_error("the function handle is empty"); }

/// Slots for a call: on the native stack where they fit.
class CallSlots {
public:
  explicit CallSlots(size_t count) : many_(count > few_.size() ? count : 0) {}
  std::span<uint64_t> all() { return many_.empty() ? std::span<uint64_t>(few_) : many_; }

private:
  std::array<uint64_t, 16> few_{};
  std::vector<uint64_t> many_;
};

} // namespace

FuncType Func::type() const {
  return data_ == nullptr ? FuncType{} : std::get<FuncType>(vm::extern_type(*data_));
}

Result<std::vector<Value>> Func::call(std::span<const Value> args) const {
  if (data_ == nullptr) return fail(no_function());
  const vm::CanonicalType& type = vm::type_of(*data_);
  if (auto ok = check_arguments(vm::store_of(*data_), type, args); !ok) return fail(std::move(ok.error()));
  CallSlots slots(std::max(data_->params_slots, data_->results_slots));
  store_values(args, slots.all().data());
  if (auto done = call_raw(slots.all()); !done) return fail(std::move(done.error()));
  return load_values(type.results(), slots.all().data());
}

Result<void> Func::call_raw(std::span<uint64_t> slots) const {
  if (data_ == nullptr) return fail(no_function());
  if (slots.size() < std::max(data_->params_slots, data_->results_slots))
    return fail(
        usage_error("the function needs more slots than the " + std::to_string(slots.size()) + " given"));
  vm::Store& store = vm::store_of(*data_);
  if (store.engine->invoke(store, *data_, slots.data())) [[likely]]
    return {};
  return fail(vm::take_error(store));
}

Ref Func::ref() const noexcept { return Ref{reinterpret_cast<uintptr_t>(data_)}; }

Result<void> detail::check_signature(const Func& func, const FuncType& type) {
  if (!func) return fail(no_function());
  const FuncType have = func.type();
  const auto result_fits = [](ValType got, ValType wanted) {
    return wanted == externref ? got.is_ref() : got == wanted;
  };
  if (have.params == type.params && std::ranges::equal(have.results, type.results, result_fits)) return {};
  return fail(usage_error("the function has type " + to_string(have) + ", asked for is " + to_string(type)));
}

} // namespace skerry
