// Module: a decoded and validated module that can be instantiated any number of times.
#pragma once

#include "skerry/byte_view.hpp"
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

/// The type of an import or export.
using ExternType =
    std::variant<FuncType, TableType, MemoryType, GlobalType, TagType>; // in the order of ExternKind
/// The type as text: "function (i32) -> (i64)", "memory 1 2", …
std::string to_string(const ExternType& type);

/// An import of a module.
struct ImportInfo {
  std::string module;
  std::string name;
  ExternType type;
  /// The kind of item that is imported.
  ExternKind kind() const { return static_cast<ExternKind>(type.index()); }
};
/// An export of a module.
struct ExportInfo {
  std::string name;
  ExternType type;
  uint32_t index = 0; ///< in the index space of its kind
  /// The kind of item that is exported.
  ExternKind kind() const { return static_cast<ExternKind>(type.index()); }
};

/// A custom section (spec §5.5.3). Both fields are views of the module's bytes.
struct CustomSection {
  std::string_view name;
  std::span<const std::byte> bytes;
};

/// The imports, exports or custom sections of a module, in file order. An entry is made each time it is read,
/// because a module may have a million entries. The list is valid while the module lives. Thread-safe.
template <class Info> class ModuleList {
public:
  /// For internal use: Module makes lists.
  explicit ModuleList(const vm::Module& module) : module_(&module) {}
  /// The number of entries.
  size_t size() const;
  /// Returns whether there are no entries.
  bool empty() const { return size() == 0; }
  /// The entry at `index`, which must be less than size().
  Info operator[](size_t index) const;

  class Iterator {
  public:
    using value_type = Info;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const ModuleList& list, size_t index) : module_(list.module_), index_(index) {}
    Info operator*() const { return ModuleList(*module_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
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

/// Limits on the work of compiling a module.
struct CompileOptions {
  /// The time at which compiling ends with ErrorCode::deadline_exceeded. It is checked for every 64 KiB of
  /// the module; compiling 64 KiB takes less than a millisecond.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  /// Bytes of memory that compiling may hold at once. If max_bytes is less than four times the module's size,
  /// the module is refused with an error of kind limit.
  uint64_t max_bytes = ~uint64_t{0};
};

/// An immutable module. A Module is a shared handle: it is cheap to copy and usable from any thread.
/// Instances keep the module alive.
class Module {
public:
  /// Decodes and validates the whole module (spec §5, §3). Each function is translated later, at its first
  /// call. Copies `bytes`. Memory: at most 64 MB plus four times the module's size, including the copy.
  /// Processor time: at most 0.2 s plus 5 ms for each MB. Errors, with their byte offset: malformed, invalid,
  /// limit; also deadline_exceeded, if `options` sets a deadline. Thread-safe.
  static Result<Module> compile(const Engine& engine, ByteView bytes, const CompileOptions& options = {});
  /// Like the compile function above, but takes ownership of the bytes instead of copying them.
  static Result<Module> compile(const Engine& engine, std::vector<std::byte>&& bytes,
                                const CompileOptions& options = {});
  /// Checks whether the bytes are a valid module. Does the same work as compile and has the same errors, but
  /// makes no module and no copy of the bytes.
  static Result<void> validate(const Engine& engine, ByteView bytes, const CompileOptions& options = {});
  /// Translates a module in the text format into bytes (wat::to_binary), and compiles them. Errors: those of
  /// both. Each error has its place in the text: the byte offset, " at LINE:COLUMN" at the end of the
  /// message, and source(). Thread-safe.
  static Result<Module> from_text(const Engine& engine, std::string_view text,
                                  const CompileOptions& options = {});
  /// Reads a file in the binary or the text format, and compiles it. A file whose first character other than
  /// white space is a parenthesis or a semicolon is a text. Pipes and devices are read to their end. Errors:
  /// io, whose message has the file's name and the system's reason; limit if the file is larger than a module
  /// or `options` may be; those of compile and from_text. Thread-safe.
  static Result<Module> from_file(const Engine& engine, const std::string& path,
                                  const CompileOptions& options = {});

  /// The imports, in file order.
  ImportList imports() const;
  /// The exports, in file order.
  ExportList exports() const;
  /// The export with this name; empty if there is no such export. Takes constant time.
  std::optional<ExportInfo> find_export(std::string_view name) const;
  /// The module's name from the name section; empty if the module has no name. The name may contain control
  /// characters: call printable() before you print it (skerry/printable.hpp).
  std::string_view name() const;
  /// The function's name from the name section, else the name of an export of the function, else empty. As in
  /// name(), control characters are possible.
  std::string_view func_name(uint32_t func_index) const;
  /// The custom sections, in file order.
  CustomSectionList custom_sections() const;
  /// The type of the memory with this index; imported memories come first. Empty if there is no such memory.
  std::optional<MemoryType> memory(uint32_t index = 0) const;
  /// The module in binary format. The span is valid while the module lives.
  std::span<const std::byte> bytes() const noexcept;
  /// The engine that compiled the module.
  Engine engine() const noexcept;

  /// For internal use.
  explicit Module(std::shared_ptr<const vm::CompiledModule> data) : data_(std::move(data)) {}
  const std::shared_ptr<const vm::CompiledModule>& data() const noexcept { return data_; }

private:
  std::shared_ptr<const vm::CompiledModule> data_;
};

} // namespace skerry
