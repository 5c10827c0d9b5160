#include "vm/module/module_info.hpp"

#include "vm/module/engine_data.hpp"

namespace skerry::vm {

namespace {

uint64_t type_items(const Module& module, ExternKind kind, uint32_t index) {
  if (kind != ExternKind::func && kind != ExternKind::tag) return 1;
  const uint32_t type = kind == ExternKind::func ? module.functions[index] : module.tags[index];
  return module.type(type).params().size() + module.type(type).results().size();
}

} // namespace

Module::~Module() {
  if (!types.empty()) engine->types.release(types);
}

const Export* find_export(const Module& module, std::string_view name) {
  const uint64_t hash = module.engine->types.keyed_hash()(name);
  const uint32_t found =
      module.exports_by_name.find(hash, [&](uint32_t index) { return module.exports[index].name == name; });
  return found == NameIndex::none ? nullptr : &module.exports[found];
}

FuncType func_type_of(const CanonicalType& type) {
  return {type.params().to_vector(), type.results().to_vector()};
}

ExternType extern_type(const Module& module, ExternKind kind, uint32_t index) {
  switch (kind) {
  case ExternKind::table: return module.tables[index].type;
  case ExternKind::memory: return module.memories[index];
  case ExternKind::global: return module.globals[index].type;
  case ExternKind::tag: return TagType{func_type_of(module.type(module.tags[index]))};
  case ExternKind::func: break;
  }
  return func_type_of(module.func_type(index));
}

Result<void> check_extern_types(const Module& module) {
  uint64_t items = 0;
  for (const Import& import : module.imports) items += type_items(module, import.kind, import.index);
  for (const Export& entry : module.exports) items += type_items(module, entry.kind, entry.index);
  const uint64_t limit = module.engine->config.module_limits.extern_type_items;
  if (items <= limit) return {};
  const uint32_t offset = module.offset_of(module.exports.empty() ? SectionId::import : SectionId::export_);
  return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded,
                    "too many parameters and results in imports and exports: " + std::to_string(items) +
                        ", the limit is " + std::to_string(limit))
                  .with_offset(offset));
}

} // namespace skerry::vm
