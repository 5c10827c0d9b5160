// Module: decoded and validated code, ready to be instantiated any number of times.
#pragma once

#include "skerry/engine.hpp"
#include "skerry/error.hpp"
#include "skerry/types.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace skerry {

namespace vm {
struct Module;
}

using ExternType =
    std::variant<FuncType, TableType, MemoryType, GlobalType, TagType>; // by ExternKind's order
std::string to_string(const ExternType& type);

struct ImportInfo {
  std::string module;
  std::string name;
  ExternType type;
  ExternKind kind() const { return static_cast<ExternKind>(type.index()); }
};
struct ExportInfo {
  std::string name;
  ExternType type;
  uint32_t index = 0; ///< in the kind's index space
  ExternKind kind() const { return static_cast<ExternKind>(type.index()); }
};
struct CustomSection {
  std::string_view name;
  std::span<const std::byte> bytes;
};

/// Immutable and shared: cheap to copy, usable from any thread, kept alive by its instances.
class Module {
public:
  /// Decodes and validates the whole module (spec §5, §3). Code is translated later, per function, at its
  /// first call. Copies `bytes`. Errors: malformed, invalid, limit; each with its byte offset.
  static Result<Module> compile(const Engine& engine, std::span<const std::byte> bytes);
  /// The same with the work of compile but no module: is it valid?
  static Result<void> validate(const Engine& engine, std::span<const std::byte> bytes);

  const std::vector<ImportInfo>& imports() const;
  const std::vector<ExportInfo>& exports() const;
  const ExportInfo* find_export(std::string_view name) const;
  /// From the name section; empty when there is none.
  std::string_view name() const;
  /// From the name section, else an export's name, else empty.
  std::string_view func_name(uint32_t func_index) const;
  /// In file order; views live as long as the module.
  std::vector<CustomSection> custom_sections() const;
  std::optional<MemoryType> memory(uint32_t index = 0) const;
  std::span<const std::byte> bytes() const noexcept;
  Engine engine() const noexcept;

  explicit Module(std::shared_ptr<const vm::Module> data) : data_(std::move(data)) {}
  const std::shared_ptr<const vm::Module>& data() const noexcept { return data_; }

private:
  std::shared_ptr<const vm::Module> data_;
};

} // namespace skerry
