// Instance and its exports: handles to objects of a store.
#pragma once

#include "skerry/error.hpp"
#include "skerry/module.hpp"
#include "skerry/store.hpp"
#include "skerry/types.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

namespace skerry {

namespace vm {
struct FuncInstance;
struct TableInstance;
struct MemoryInstance;
struct GlobalInstance;
struct ModuleInstance;
} // namespace vm

template <class Signature> class TypedFunc;

/// A wasm or host function of a store. Handles are cheap to copy, valid while the store lives, and used on
/// the store's thread.
class Func {
public:
  /// An empty handle: calls are usage errors.
  Func() = default;
  /// The function's type; empty for an empty handle.
  FuncType type() const;
  /// Checks the arguments' types, calls the function and returns its results (spec §4.5.5). Errors: usage,
  /// trap, exhaustion, exception, host.
  Result<std::vector<Value>> call(std::span<const Value> args) const;
  /// Calls the function without checking types. `slots` holds the arguments in order (v128 takes two slots,
  /// i32 and f32 are zero-extended) and receives the results from its start. It must have room for the
  /// arguments and for the results. Only the low half of an f32 result's slot is defined. Errors: those of
  /// call; usage if `slots` is too small.
  Result<void> call_raw(std::span<uint64_t> slots) const;
  /// A callable with a C++ signature, such as typed<int32_t(int32_t, int32_t)>(). The type is checked here,
  /// once. Errors: usage.
  template <class Signature> Result<TypedFunc<Signature>> typed() const;
  /// The function as a non-null funcref; null for an empty handle.
  Ref ref() const noexcept;

  /// For internal use.
  explicit Func(vm::FuncInstance* data) noexcept : data_(data) {}
  vm::FuncInstance* data() const noexcept { return data_; }
  /// Returns whether the handle is not empty.
  explicit operator bool() const noexcept { return data_ != nullptr; }

private:
  vm::FuncInstance* data_ = nullptr;
};

/// A linear memory of a store (spec §4.2.8). Handles are cheap to copy, valid while the store lives, and used
/// on the store's thread.
class Memory {
public:
  Memory() = default;
  /// Makes a memory that belongs to no instance, for modules to import. Errors: limit; usage if the type is
  /// not valid.
  static Result<Memory> create(Store& store, const MemoryType& type);
  /// The memory's type; its minimum is the current size.
  MemoryType type() const;
  uint64_t pages() const noexcept; ///< current size in pages of 64 KiB
  /// The present bytes. Valid until the memory grows, which any call may do; until then they do not move.
  std::span<std::byte> bytes() const noexcept;
  /// Grows by `more` pages and returns the size before, in pages. Errors: limit; usage for an empty handle.
  Result<uint64_t> grow(uint64_t more) const;

  /// For internal use.
  explicit Memory(vm::MemoryInstance* data) noexcept : data_(data) {}
  vm::MemoryInstance* data() const noexcept { return data_; }

private:
  vm::MemoryInstance* data_ = nullptr;
};

/// A table of references (spec §4.2.7). Handles are cheap to copy, valid while the store lives, and used on
/// the store's thread.
class Table {
public:
  Table() = default;
  /// Makes a table that belongs to no instance, for modules to import; `init` fills it. Errors: limit; usage
  /// if the type is not valid or `init` does not match it.
  static Result<Table> create(Store& store, const TableType& type, const Value& init);
  /// The table's type; its minimum is the current size.
  TableType type() const;
  /// Current size in elements.
  uint64_t size() const noexcept;
  /// The element at `index`. Errors: trap out_of_bounds_table_access.
  Result<Value> get(uint64_t index) const;
  /// Replaces the element at `index`. Errors: trap out_of_bounds_table_access; usage if `value` is of another
  /// type or store.
  Result<void> set(uint64_t index, const Value& value) const;
  /// Grows by `elements`, filled with `init`, and returns the size before. Errors: limit; usage if `init` is
  /// of another type or store, or for an empty handle.
  Result<uint64_t> grow(uint64_t elements, const Value& init) const;

  /// For internal use.
  explicit Table(vm::TableInstance* data) noexcept : data_(data) {}
  vm::TableInstance* data() const noexcept { return data_; }

private:
  vm::TableInstance* data_ = nullptr;
};

/// A global variable of a store (spec §4.2.10). Handles are cheap to copy, valid while the store lives, and
/// used on the store's thread.
class Global {
public:
  Global() = default;
  /// Makes a global that belongs to no instance, for modules to import. Errors: usage if `value` is not of
  /// the type.
  static Result<Global> create(Store& store, const GlobalType& type, const Value& value);
  /// The global's type.
  GlobalType type() const;
  /// The global's value.
  Value get() const;
  /// Replaces the value. Errors: usage if the global is immutable, `value` is of another type or store, or
  /// the handle is empty.
  Result<void> set(const Value& value) const;

  /// For internal use.
  explicit Global(vm::GlobalInstance* data) noexcept : data_(data) {}
  vm::GlobalInstance* data() const noexcept { return data_; }

private:
  vm::GlobalInstance* data_ = nullptr;
};

/// A handle to an export or import.
using Extern =
    std::variant<Func, Table, Memory, Global>; // in the order of ExternKind; tags are not available yet

/// An instance of a module (spec §4.2.5). Handles are cheap to copy, valid while the store lives, and used on
/// the store's thread.
class Instance {
public:
  Instance() = default;
  /// The module that the instance was made from.
  Module module() const;
  /// The export with this name; empty if there is none or it is a tag.
  std::optional<Extern> get_export(std::string_view name) const;
  /// func, memory, table and global return the export with this name and kind. Errors: usage. The message
  /// names the missing export and similar names, or the kind that the export has.
  Result<Func> func(std::string_view name) const;
  Result<Memory> memory(std::string_view name = "memory") const;
  Result<Table> table(std::string_view name) const;
  Result<Global> global(std::string_view name) const;
  /// The function with this name as a callable, whose type is checked here, once. Errors: usage.
  ///
  ///   auto add = instance.func<int32_t(int32_t, int32_t)>("add");
  ///   Result<int32_t> sum = (*add)(1, 2);
  template <class Signature> Result<TypedFunc<Signature>> func(std::string_view name) const;

  /// For internal use.
  explicit Instance(vm::ModuleInstance* data) noexcept : data_(data) {}
  vm::ModuleInstance* data() const noexcept { return data_; }

private:
  vm::ModuleInstance* data_ = nullptr;
};

} // namespace skerry

#include "skerry/func.hpp" // TypedFunc and the mapping of C++ types
