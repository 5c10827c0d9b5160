#include "vm/api/call_slots.hpp"

#include "vm/api/values.hpp"

namespace skerry {

void store_values(std::span<const Value> values, uint64_t* slots) {
  for (const Value& value : values) {
    *slots++ = vm::RefAccess::low_slot(value);
    if (value.type().is_vec()) *slots++ = value.hi();
  }
}

Result<std::vector<Value>> load_values(vm::Store& store, const vm::TypeList& types, const uint64_t* slots) {
  std::vector<Value> values;
  values.reserve(types.size());
  for (const ValType type : types) {
    if (type.is_ref()) [[unlikely]] {
      auto value = value_of(store, type, slots);
      if (!value) return fail(std::move(value.error()));
      values.push_back(std::move(*value));
    } else {
      values.push_back(Value::from_slots(type, slots[0], type.is_vec() ? slots[1] : 0));
    }
    slots += type.slots();
  }
  return values;
}

Result<void> check_arguments(const vm::Store& store, const vm::CanonicalType& type,
                             std::span<const Value> args) {
  const vm::TypeList params = type.params();
  if (args.size() != params.size())
    return fail(usage_error("the function takes " + std::to_string(params.size()) + " arguments, got " +
                            std::to_string(args.size())));
  vm::TypeList::Iterator param = params.begin();
  for (size_t i = 0; i < args.size(); ++i, ++param)
    if (auto ok = check_value(store, args[i], *param); !ok)
      return fail(std::move(ok.error().with_detail(" (argument " + std::to_string(i) + ")")));
  return {};
}

} // namespace skerry
