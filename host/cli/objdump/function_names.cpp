#include "host/cli/objdump/function_names.hpp"

#include "skerry/printable.hpp"

#include <algorithm>
#include <charconv>

namespace skerry::host::cli::objdump {

FunctionNames::FunctionNames(const vm::Module& module) : module_(module), names_(module.functions.size()) {
  for (const vm::Export& item : module.exports)
    if (item.kind == ExternKind::func && item.index < names_.size()) names_[item.index] = item.name;
  for (const vm::NameSection::Function& function : module.names.functions)
    if (function.index < names_.size()) names_[function.index] = function.name;
}

std::string FunctionNames::shown(uint32_t function) const {
  const std::string_view name = names_[function];
  return name.empty() ? std::string() : " <" + printable(name) + ">";
}

std::optional<uint32_t> FunctionNames::find(const std::string& index_or_name) const {
  uint32_t index = 0;
  const char* end = index_or_name.data() + index_or_name.size();
  const auto [rest, error] = std::from_chars(index_or_name.data(), end, index);
  if (error == std::errc() && rest == end && index < names_.size()) return index;
  return find_name(index_or_name);
}

std::optional<uint32_t> FunctionNames::find_name(std::string_view name) const {
  const auto found = std::ranges::find(names_, name);
  if (found != names_.end()) return static_cast<uint32_t>(found - names_.begin());
  for (const vm::Export& item : module_.exports)
    if (item.kind == ExternKind::func && item.name == name) return item.index;
  return {};
}

} // namespace skerry::host::cli::objdump
