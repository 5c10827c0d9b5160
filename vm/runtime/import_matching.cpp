#include "vm/runtime/import_matching.hpp"

namespace skerry::vm {

bool matches(const Limits& have, const Limits& want) {
  if (have.is_64 != want.is_64 || have.shared != want.shared || have.min < want.min) return false;
  return !want.has_max || (have.has_max && have.max <= want.max);
}

bool matches(const TypeRegistry& types, const TableType& have, const TableType& want) {
  return matches(have.limits, want.limits) && types.matches(have.element, want.element) &&
         types.matches(want.element, have.element);
}

bool matches(const MemoryType& have, const MemoryType& want) { return matches(have.limits, want.limits); }

bool matches(const TypeRegistry& types, const GlobalType& have, const GlobalType& want) {
  if (have.is_mutable != want.is_mutable || !types.matches(have.value, want.value)) return false;
  return !have.is_mutable || types.matches(want.value, have.value);
}

} // namespace skerry::vm
