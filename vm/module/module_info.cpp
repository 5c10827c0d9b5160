#include "vm/module/module_info.hpp"

#include "vm/module/engine_data.hpp"
#include "vm/module/type_registry.hpp"

#include <algorithm>
#include <numeric>

namespace skerry::vm {

namespace {

FuncType canonical_func(const Module& module, uint32_t type) {
  FuncType result = module.types[type].func;
  for (ValType& param : result.params) param = canonical(module.types, param);
  for (ValType& value : result.results) value = canonical(module.types, value);
  return result;
}

uint64_t type_items(const Module& module, ExternKind kind, uint32_t index) {
  if (kind != ExternKind::func && kind != ExternKind::tag) return 1;
  const uint32_t type = kind == ExternKind::func ? module.functions[index] : module.tags[index];
  return module.types[type].func.params.size() + module.types[type].func.results.size();
}

} // namespace

std::vector<uint32_t> sort_exports(const Module& module) {
  std::vector<uint32_t> order(module.exports.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](uint32_t a, uint32_t b) {
    const int names = module.exports[a].name.compare(module.exports[b].name);
    return names != 0 ? names < 0 : a < b;
  });
  return order;
}

ExternType extern_type(const Module& module, ExternKind kind, uint32_t index) {
  switch (kind) {
  case ExternKind::table: {
    TableType type = module.tables[index].type;
    type.element = canonical(module.types, type.element);
    return type;
  }
  case ExternKind::memory: return module.memories[index];
  case ExternKind::global: {
    GlobalType type = module.globals[index].type;
    type.value = canonical(module.types, type.value);
    return type;
  }
  case ExternKind::tag: return TagType{canonical_func(module, module.tags[index])};
  case ExternKind::func: break;
  }
  return canonical_func(module, module.functions[index]);
}

Result<void> describe_externs(Module& module) {
  uint64_t items = 0;
  for (const Import& import : module.imports) items += type_items(module, import.kind, import.index);
  for (const Export& entry : module.exports) items += type_items(module, entry.kind, entry.index);
  const uint64_t limit = module.engine->config.module_limits.extern_type_items;
  if (items > limit) {
    constexpr size_t import_section = 2, export_section = 7;
    const uint32_t offset = module.section_offsets[module.exports.empty() ? import_section : export_section];
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded,
                      "too many parameters and results in imports and exports: " + std::to_string(items) +
                          ", the limit is " + std::to_string(limit))
                    .with_offset(offset));
  }
  module.import_infos.reserve(module.imports.size());
  for (const Import& import : module.imports)
    module.import_infos.push_back(
        {import.module, import.name, extern_type(module, import.kind, import.index)});
  module.export_infos.reserve(module.exports.size());
  for (const Export& entry : module.exports)
    module.export_infos.push_back({entry.name, extern_type(module, entry.kind, entry.index), entry.index});
  return {};
}

const ExportInfo* find_export(const Module& module, std::string_view name) {
  const auto less = [&](uint32_t index, std::string_view wanted) {
    return module.exports[index].name < wanted;
  };
  const auto& order = module.exports_by_name;
  const auto found = std::lower_bound(order.begin(), order.end(), name, less);
  if (found == order.end() || module.exports[*found].name != name) return nullptr;
  return &module.export_infos[*found];
}

} // namespace skerry::vm
