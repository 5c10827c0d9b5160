#include "vm/api/values.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/base/address.hpp"
#include "vm/runtime/linker.hpp"

namespace skerry {

Error usage_error(std::string message) { return {ErrorKind::usage, ErrorCode::none, std::move(message)}; }

ValType type_of_reference(uint64_t bits) {
  if ((bits & 1) != 0) return ValType::ref(HeapType::i31, false);
  const auto* object = vm::pointer_to<const vm::Object>(bits);
  switch (object->kind()) {
  case vm::ObjectKind::func: return ValType::ref(static_cast<HeapType>(object->type_id()), false);
  case vm::ObjectKind::host: return ValType::ref(HeapType::extern_, false);
  case vm::ObjectKind::exception: return ValType::ref(HeapType::exn, false);
  case vm::ObjectKind::struct_: return ValType::ref(HeapType::struct_, false);
  case vm::ObjectKind::array: return ValType::ref(HeapType::array, false);
  }
  return {};
}

namespace {

Result<void> check_root(const vm::Store& store, const vm::Root* root) {
  if (root == nullptr || root->store == &store) return {};
  return fail(usage_error(root->store == nullptr ? "the store of the reference was destroyed"
                                                 : "the reference belongs to another store"));
}

} // namespace

Result<void> check_value(const vm::Store& store, const Value& value, ValType want) {
  const vm::TypeRegistry& types = store.engine->types;
  ValType have = value.type();
  if (have.is_ref() && want.is_ref()) {
    const vm::Root* root = vm::RefAccess::root(value);
    if (auto ok = check_root(store, root); !ok) return ok;
    if (root != nullptr) {
      have = type_of_reference(root->bits); // the Value may have a more general or a wrong type
    } else {
      if (want.is_nullable()) return {};
      have = ValType(ValType::bottom); // matches nothing; the Value's own type may have an unknown id
    }
  }
  if (types.matches(have, want)) return {};
  return fail(usage_error("type mismatch: expected " + to_string(want) + ", got " + to_string(value.type())));
}

Result<uint64_t> slot_of(const vm::Store& store, const Ref& ref, ValType want) {
  const Value value(want, ref);
  if (auto ok = check_value(store, value, want); !ok) return fail(std::move(ok.error()));
  return vm::RefAccess::low_slot(value);
}

Result<uint64_t> slot_of(const vm::Store& store, const Ref& ref) noexcept {
  return catching_out_of_memory("passing a reference", [&]() -> Result<uint64_t> {
    const vm::Root* root = vm::RefAccess::root(ref);
    if (auto ok = check_root(store, root); !ok) return fail(std::move(ok.error()));
    return root == nullptr ? 0 : root->bits;
  });
}

Result<Value> value_of(vm::Store& store, ValType type, const uint64_t* slots) {
  if (!type.is_ref()) return Value::from_slots(type, slots[0], type.is_vec() ? slots[1] : 0);
  auto ref = vm::make_ref(store, slots[0]);
  if (!ref) return fail(std::move(ref.error()));
  return Value(type, std::move(*ref));
}

} // namespace skerry
