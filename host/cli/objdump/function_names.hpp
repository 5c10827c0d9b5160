// Names of a module's functions, and lookup of functions by name or index.
#pragma once

#include "vm/module/module.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host::cli::objdump {

/// The names of a module's functions. They point into the module, which must outlive this object.
class FunctionNames {
public:
  explicit FunctionNames(const vm::Module& module);

  /// Returns the function's name in the name section. If the name section does not name the function, returns
  /// the name of an export of the function, or an empty text if the function is not exported.
  std::string_view name(uint32_t function) const { return names_[function]; }
  /// Returns ` <name>`, made printable, or an empty text if the function has no name.
  std::string shown(uint32_t function) const;
  /// Finds a function by its index or name. Returns nothing if it does not exist.
  std::optional<uint32_t> find(const std::string& index_or_name) const;

private:
  std::optional<uint32_t> find_name(std::string_view name) const;

  const vm::Module& module_;
  std::vector<std::string_view> names_; // by function index
};

} // namespace skerry::host::cli::objdump
