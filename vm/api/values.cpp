#include "vm/api/values.hpp"

#include "vm/runtime/linker.hpp"

namespace skerry {

namespace {

/// The store that the reference belongs to; null if references of this kind belong to none.
const vm::Store* owner(Ref ref) {
  if ((ref.bits & 1) != 0) return nullptr;
  const auto* object = reinterpret_cast<const vm::Object*>(ref.bits);
  switch (object->kind) {
  case vm::ObjectKind::func: return &vm::store_of(*static_cast<const vm::FuncInstance*>(object));
  case vm::ObjectKind::host: return static_cast<const vm::Store::HostObject*>(object)->store;
  default: return nullptr;
  }
}

} // namespace

Error usage_error(std::string message) { return {ErrorKind::usage, ErrorCode::none, std::move(message)}; }

ValType type_of_reference(Ref ref) {
  if ((ref.bits & 1) != 0) return ValType::ref(HeapType::i31, false);
  const auto* object = reinterpret_cast<const vm::Object*>(ref.bits);
  switch (object->kind) {
  case vm::ObjectKind::func: {
    const auto id = static_cast<const vm::FuncInstance*>(object)->type_id;
    return ValType::ref(static_cast<HeapType>(id), false);
  }
  case vm::ObjectKind::host: return ValType::ref(HeapType::extern_, false);
  case vm::ObjectKind::exception: return ValType::ref(HeapType::exn, false);
  case vm::ObjectKind::struct_: return ValType::ref(HeapType::struct_, false);
  case vm::ObjectKind::array: return ValType::ref(HeapType::array, false);
  }
  return {};
}

Result<void> check_value(const vm::Store& store, const Value& value, ValType want) {
  const vm::TypeRegistry& types = store.engine->types;
  ValType have = value.type();
  if (have.is_ref() && want.is_ref()) {
    if (value.as_ref().is_null()) {
      if (want.is_nullable()) return {};
      have = ValType(ValType::bottom); // matches nothing: the embedder's type may not exist
    } else {
      // The object decides: the type in the Value may say more or less.
      have = type_of_reference(value.as_ref());
      if (const vm::Store* of = owner(value.as_ref()); of != nullptr && of != &store)
        return fail(usage_error("the reference belongs to another store"));
    }
  }
  if (types.matches(have, want)) return {};
  return fail(usage_error("type mismatch: expected " + to_string(want) + ", got " + to_string(value.type())));
}

} // namespace skerry
