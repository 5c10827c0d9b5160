// What functions of a module are called, and which function a user means.
#pragma once

#include "vm/module/module.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host::cli::objdump {

/// Views of the module's bytes.
class FunctionNames {
public:
  explicit FunctionNames(const vm::Module& module);

  /// From the name section, else an export's name, else empty.
  std::string_view name(uint32_t function) const { return names_[function]; }
  /// ` <name>`, printable, or nothing.
  std::string shown(uint32_t function) const;
  /// By index, or by a name. Nothing when there is no such function.
  std::optional<uint32_t> find(const std::string& index_or_name) const;

private:
  std::optional<uint32_t> find_name(std::string_view name) const;

  const vm::Module& module_;
  std::vector<std::string_view> names_; // by function
};

} // namespace skerry::host::cli::objdump
