// Module: decoded and validated code, ready to be instantiated any number of times.
#pragma once

#include "skerry/engine.hpp"
#include "skerry/error.hpp"
#include "skerry/types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
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
struct CompiledModule;
} // namespace vm

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

/// Views of the module's bytes.
struct CustomSection {
  std::string_view name;
  std::span<const std::byte> bytes;
};

/// What a module imports, exports or has in custom sections, in its order: as many as size() says. Each entry
/// is made when it is asked for, a copy: a module may have a million of them. Valid as long as the module.
template <class Info> class ModuleList {
public:
  explicit ModuleList(const vm::Module& module) : module_(&module) {}
  size_t size() const;
  bool empty() const { return size() == 0; }
  Info operator[](size_t index) const;

  class Iterator {
  public:
    using value_type = Info;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const ModuleList& list, size_t index) : module_(list.module_), index_(index) {}
    Info operator*() const { return ModuleList(*module_)[index_]; }
    Iterator& operator++() { return ++index_, *this; }
    Iterator operator++(int) { return Iterator(ModuleList(*module_), index_++); }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

  private:
    const vm::Module* module_ = nullptr;
    size_t index_ = 0;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

private:
  const vm::Module* module_;
};
using ImportList = ModuleList<ImportInfo>;
using ExportList = ModuleList<ExportInfo>;
using CustomSectionList = ModuleList<CustomSection>;
template <> size_t ImportList::size() const;
template <> ImportInfo ImportList::operator[](size_t index) const;
template <> size_t ExportList::size() const;
template <> ExportInfo ExportList::operator[](size_t index) const;
template <> size_t CustomSectionList::size() const;
template <> CustomSection CustomSectionList::operator[](size_t index) const;

/// What compiling a module may take.
struct CompileOptions {
  /// When it has passed, compiling ends with ErrorCode::deadline_exceeded. Looked at for every 64 KiB of the
  /// module, which take less than a millisecond.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  /// Bytes that compiling may hold at once: a module is refused, with an error of kind limit, when four times
  /// its size is more.
  uint64_t max_bytes = ~uint64_t{0};
};

/// Immutable and shared: cheap to copy, usable from any thread, kept alive by its instances.
class Module {
public:
  /// Decodes and validates the whole module (spec §5, §3). Code is translated later, per function, at its
  /// first call. Copies `bytes`. Takes at most 64 MB and four times the module of memory (the module's copy
  /// included), and 0.2 s and 5 ms for each MB of processor time. Errors: malformed, invalid, limit; each
  /// with its byte offset; deadline_exceeded when the options say so.
  static Result<Module> compile(const Engine& engine, std::span<const std::byte> bytes,
                                const CompileOptions& options = {});
  /// The same, without a copy: the module takes the bytes over.
  static Result<Module> compile(const Engine& engine, std::vector<std::byte>&& bytes,
                                const CompileOptions& options = {});
  /// The same with the work of compile but no module and no copy: is it valid?
  static Result<void> validate(const Engine& engine, std::span<const std::byte> bytes,
                               const CompileOptions& options = {});

  ImportList imports() const;
  ExportList exports() const;
  /// In a constant number of steps.
  std::optional<ExportInfo> find_export(std::string_view name) const;
  /// From the name section; empty when there is none.
  std::string_view name() const;
  /// From the name section, else an export's name, else empty.
  std::string_view func_name(uint32_t func_index) const;
  /// In file order.
  CustomSectionList custom_sections() const;
  std::optional<MemoryType> memory(uint32_t index = 0) const;
  std::span<const std::byte> bytes() const noexcept;
  Engine engine() const noexcept;

  explicit Module(std::shared_ptr<const vm::CompiledModule> data) : data_(std::move(data)) {}
  const std::shared_ptr<const vm::CompiledModule>& data() const noexcept { return data_; }

private:
  std::shared_ptr<const vm::CompiledModule> data_;
};

} // namespace skerry
