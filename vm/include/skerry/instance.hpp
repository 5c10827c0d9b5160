// Instance and its exports: handles to objects of a store.
#pragma once

#include "skerry/error.hpp"
#include "skerry/guest_bytes.hpp"
#include "skerry/module.hpp"
#include "skerry/store.hpp"
#include "skerry/types.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace skerry {

namespace vm {
struct FuncInstance;
struct TableInstance;
struct MemoryInstance;
struct GlobalInstance;
struct ModuleInstance;
} // namespace vm

template <class Signature> class TypedFunc;
class Caller;

/// An untyped host function. `slots` holds the arguments (v128 takes two slots; of an f32 only the low half
/// counts), and the function writes its results to the start of `slots`. Caller::to_ref and Caller::to_slot
/// turn slots into references and back. An Error that it returns ends the call: traps and host errors unwind
/// the wasm frames, and Error::exit ends the program.
using RawHostFunc = std::function<Result<void>(Caller&, std::span<uint64_t> slots)>;

/// The signature with which the engine calls a host function. `slots` holds the arguments (v128 takes two
/// slots; i32 and f32 are zero-extended to 64 bits), and the function writes its results to the start of
/// `slots`. It returns false after caller.fail(…), which ends the running call. It must not throw, except
/// std::bad_alloc and std::length_error, which the C++ library throws when memory runs out: the call then
/// ends with Error::out_of_memory. Linker::define and Func::create make these functions from any callable.
using NativeHostFunc = bool (*)(void* context, Caller& caller, uint64_t* slots);

/// A wasm or host function of a store. Handles are cheap to copy, valid while the store lives, and used on
/// the store's thread.
class Func {
public:
  /// An empty handle: calls are usage errors.
  Func() = default;
  /// Makes a host function of the store from any callable, as Linker::define does. It lives as long as the
  /// store. Errors: limit.
  template <class F> static Result<Func> create(Store& store, F&& function);
  /// Makes one whose type is known only at run time. Errors: limit; usage for a type that does not exist.
  static Result<Func> create(Store& store, FuncType type, RawHostFunc function);
  /// Makes one with the native signature; the others call this. `context` is the first argument of
  /// `function`, and lives as long as the store.
  static Result<Func> create_native(Store& store, const FuncType& type, NativeHostFunc function,
                                    std::shared_ptr<void> context);
  /// The function's type; empty for an empty handle.
  FuncType type() const;
  /// Checks the arguments' types, calls the function and returns its results (spec §4.5.5). Errors: usage,
  /// trap, exhaustion, exception, host.
  Result<std::vector<Value>> call(std::span<const Value> args) const;
  /// Calls the function without checking types. `slots` holds the arguments in order (v128 takes two slots,
  /// i32 and f32 are zero-extended) and receives the results from its start. It must have room for the
  /// arguments and for the results. Only the low half of an f32 result's slot is defined. A reference is a
  /// slot that Store::to_slot makes and Store::to_ref reads. Errors: those of call; usage if `slots` is too
  /// small.
  Result<void> call_raw(std::span<uint64_t> slots) const;
  /// A callable with a C++ signature, such as typed<int32_t(int32_t, int32_t)>(). The type is checked here,
  /// once. Errors: usage.
  template <class Signature> Result<TypedFunc<Signature>> typed() const;
  /// The function as a non-null funcref; null for an empty handle. Errors: limit.
  Result<Ref> ref() const noexcept;

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
  /// The bytes [offset, offset + length). Valid as long as bytes(). Errors, here and below: trap
  /// out_of_bounds_memory_access, which names offset, length and size; usage for an empty handle.
  Result<std::span<std::byte>> bytes(uint64_t offset, uint64_t length) const;
  /// A copy of the value at `offset`, which need not be aligned. Numbers and enumerations are little-endian,
  /// as in WebAssembly; other types are copied byte by byte.
  template <GuestValue T> Result<T> read(uint64_t offset) const;
  /// Replaces the bytes at `offset` by those of `value`, in the same way.
  template <GuestValue T> Result<void> write(uint64_t offset, const T& value) const;
  /// A copy of `length` bytes as text. Not checked for UTF-8.
  Result<std::string> read_string(uint64_t offset, uint64_t length) const;
  /// Copies all of `bytes` to `offset`, or nothing.
  Result<void> write_bytes(uint64_t offset, std::span<const std::byte> source) const;
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
  /// The element at `index`. Errors: trap out_of_bounds_table_access; limit.
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
  /// The global's value. Errors: usage for an empty handle; limit, for references only.
  Result<Value> get() const;
  /// Replaces the value. Errors: usage if the global is immutable, `value` is of another type or store, or
  /// the handle is empty.
  Result<void> set(const Value& value) const;

  /// For internal use.
  explicit Global(vm::GlobalInstance* data) noexcept : data_(data) {}
  vm::GlobalInstance* data() const noexcept { return data_; }

private:
  vm::GlobalInstance* data_ = nullptr;
};

/// A handle to an export or import, in the order of ExternKind. Tags are not available yet.
using Extern = std::variant<Func, Table, Memory, Global>;

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

template <GuestValue T> Result<T> Memory::read(uint64_t offset) const {
  auto at = bytes(offset, sizeof(T));
  if (!at) return fail(std::move(at.error()));
  return detail::read_bytes<T>(*at);
}

template <GuestValue T> Result<void> Memory::write(uint64_t offset, const T& value) const {
  auto at = bytes(offset, sizeof(T));
  if (!at) return fail(std::move(at.error()));
  detail::write_bytes(*at, value);
  return {};
}

} // namespace skerry

#include "skerry/func.hpp" // TypedFunc and the mapping of C++ types

#include "skerry/caller.hpp" // Func::create
