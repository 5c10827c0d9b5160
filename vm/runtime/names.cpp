#include "vm/runtime/names.hpp"

#include <algorithm>

namespace skerry::vm {

std::string_view func_name(const Module& module, uint32_t func_index) {
  const auto& names = module.names.functions;
  const auto named = std::lower_bound(names.begin(), names.end(), func_index,
                                      [](const auto& entry, uint32_t index) { return entry.index < index; });
  if (named != names.end() && named->index == func_index) return named->name;
  for (const Export& item : module.exports)
    if (item.kind == ExternKind::func && item.index == func_index) return item.name;
  return {};
}

} // namespace skerry::vm
