#include "skerry/instance.hpp"

#include "skerry/out_of_memory.hpp"
#include "skerry/printable.hpp"
#include "vm/api/values.hpp"
#include "vm/base/near_names.hpp"
#include "vm/module/module_info.hpp"

#include <algorithm>
#include <cctype>
#include <span>
#include <utility>

namespace skerry {

namespace {

/// Text that suggests exports whose names are similar to `name`. Empty if there are none.
std::string near_misses(const vm::Module& module, std::string_view name) {
  vm::NearNames near(name);
  for (const vm::Export& item : module.exports) near.offer(item.name);
  return near.text();
}

Error no_export(const vm::Module& module, std::string_view name, ExternKind kind) {
  std::string text = "no export " + in_quotes(name) + " (" + std::string(extern_kind_name(kind)) + ")";
  return usage_error(text + near_misses(module, name));
}

Extern extern_at(const vm::ModuleInstance& instance, ExternKind kind, uint32_t index) {
  switch (kind) {
  case ExternKind::table: return Table(instance.tables[index]);
  case ExternKind::memory: return Memory(instance.memories[index]);
  case ExternKind::global: return Global(instance.globals[index]);
  default: return Func(instance.functions[index]);
  }
}

template <class T>
Result<T> find(const vm::ModuleInstance* instance, std::string_view name, ExternKind kind) {
  if (instance == nullptr) return fail(usage_error("the instance handle is empty"));
  const vm::Export* item = vm::find_export(*instance->module, name);
  if (item == nullptr) return fail(no_export(*instance->module, name, kind));
  if (item->kind != kind)
    return fail(usage_error("export " + in_quotes(name) + " is a " +
                            to_string(vm::extern_type(*instance->module, item->kind, item->index)) +
                            ", not a " + std::string(extern_kind_name(kind))));
  return std::get<T>(extern_at(*instance, kind, item->index));
}

template <class T> Result<T> get(const vm::ModuleInstance* instance, std::string_view name, ExternKind kind) {
  return catching_out_of_memory("finding an export", [&] { return find<T>(instance, name, kind); });
}

} // namespace

Module Instance::module() const { return Module(data_ == nullptr ? nullptr : data_->compiled); }

std::optional<Extern> Instance::get_export(std::string_view name) const {
  if (data_ == nullptr) return {};
  const vm::Export* item = vm::find_export(*data_->module, name);
  if (item == nullptr || item->kind == ExternKind::tag) return {};
  return extern_at(*data_, item->kind, item->index);
}

Result<Func> Instance::func(std::string_view name) const { return get<Func>(data_, name, ExternKind::func); }
Result<Memory> Instance::memory(std::string_view name) const {
  return get<Memory>(data_, name, ExternKind::memory);
}
Result<Table> Instance::table(std::string_view name) const {
  return get<Table>(data_, name, ExternKind::table);
}
Result<Global> Instance::global(std::string_view name) const {
  return get<Global>(data_, name, ExternKind::global);
}

} // namespace skerry
