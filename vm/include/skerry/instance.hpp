// Instance and what it exports: handles into a store.
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

/// A wasm or host function of a store.
class Func {
public:
  Func() = default;
  FuncType type() const;
  /// Checks the argument types, runs, returns the results. Errors: usage, trap, exhaustion, exception, host.
  Result<std::vector<Value>> call(std::span<const Value> args) const;
  /// Without checks: `slots` holds the arguments in order (v128 takes two, i32/f32 zero-extended) and
  /// receives the results from its start; it must be as large as the larger of the two. Of an f32 result only
  /// the low half of the slot means something.
  Result<void> call_raw(std::span<uint64_t> slots) const;
  /// A callable with the C++ signature, e.g. typed<int32_t(int32_t, int32_t)>(); checked here, once.
  template <class Signature> Result<TypedFunc<Signature>> typed() const;
  /// As a non-null funcref.
  Ref ref() const noexcept;

  explicit Func(vm::FuncInstance* data) noexcept : data_(data) {}
  vm::FuncInstance* data() const noexcept { return data_; }
  explicit operator bool() const noexcept { return data_ != nullptr; }

private:
  vm::FuncInstance* data_ = nullptr;
};

/// A linear memory.
class Memory {
public:
  Memory() = default;
  /// A memory of its own, for modules to import. Errors: limit, usage (a type that is not valid).
  static Result<Memory> create(Store& store, const MemoryType& type);
  MemoryType type() const;
  uint64_t pages() const noexcept; ///< current size in 64 KiB pages
  /// The bytes as they are now. Valid until the memory grows (any call may do that); never moves before.
  std::span<std::byte> bytes() const noexcept;
  /// Grows by `more` pages; returns the size before. Errors: limit.
  Result<uint64_t> grow(uint64_t more) const;

  explicit Memory(vm::MemoryInstance* data) noexcept : data_(data) {}
  vm::MemoryInstance* data() const noexcept { return data_; }

private:
  vm::MemoryInstance* data_ = nullptr;
};

class Table {
public:
  Table() = default;
  /// A table of its own, for modules to import. Errors: limit, usage.
  static Result<Table> create(Store& store, const TableType& type, const Value& init);
  TableType type() const;
  uint64_t size() const noexcept;
  Result<Value> get(uint64_t index) const;
  Result<void> set(uint64_t index, const Value& value) const;
  Result<uint64_t> grow(uint64_t elements, const Value& init) const;

  explicit Table(vm::TableInstance* data) noexcept : data_(data) {}
  vm::TableInstance* data() const noexcept { return data_; }

private:
  vm::TableInstance* data_ = nullptr;
};

class Global {
public:
  Global() = default;
  /// A global of its own, for modules to import. Errors: usage (a value of another type).
  static Result<Global> create(Store& store, const GlobalType& type, const Value& value);
  GlobalType type() const;
  Value get() const;
  Result<void> set(const Value& value) const;

  explicit Global(vm::GlobalInstance* data) noexcept : data_(data) {}
  vm::GlobalInstance* data() const noexcept { return data_; }

private:
  vm::GlobalInstance* data_ = nullptr;
};

using Extern =
    std::variant<Func, Table, Memory, Global>; // by ExternKind's order; tags are not yet handed out

class Instance {
public:
  Instance() = default;
  Module module() const;
  /// An export by name; nothing when there is none.
  std::optional<Extern> get_export(std::string_view name) const;
  /// Errors: usage, naming the missing export and near misses, or the type it has.
  Result<Func> func(std::string_view name) const;
  Result<Memory> memory(std::string_view name = "memory") const;
  Result<Table> table(std::string_view name) const;
  Result<Global> global(std::string_view name) const;
  /// `auto add = instance.func<int32_t(int32_t, int32_t)>("add");` checked once, then `add(1, 2)`.
  template <class Signature> Result<TypedFunc<Signature>> func(std::string_view name) const;

  explicit Instance(vm::ModuleInstance* data) noexcept : data_(data) {}
  vm::ModuleInstance* data() const noexcept { return data_; }

private:
  vm::ModuleInstance* data_ = nullptr;
};

} // namespace skerry

#include "skerry/func.hpp" // TypedFunc and the mapping of C++ types
