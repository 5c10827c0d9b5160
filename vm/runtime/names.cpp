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

std::string quoted(std::string_view name) {
  constexpr size_t longest = 200;
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "\"";
  for (const char c : name.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '"' || c == '\\')
      (text += '\\') += {digits[byte >> 4], digits[byte & 15]};
    else
      text += c;
  }
  return text + (name.size() > longest ? "…\"" : "\"");
}

} // namespace skerry::vm
