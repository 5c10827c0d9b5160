// Instance and its exports: handles to objects of a store.
#pragma once

#include "skerry/byte_view.hpp"
#include "skerry/error.hpp"
#include "skerry/guest_bytes.hpp"
#include "skerry/module.hpp"
#include "skerry/store.hpp"
#include "skerry/types.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
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

/// A host function without a C++ signature. `slots` holds the arguments; the function writes its results to
/// the start of `slots`. A v128 takes two slots, whose memory holds the bytes of a V128. Only the low half of
/// an f32's slot counts. Caller::to_ref and Caller::to_slot convert between slots and references. If the
/// function returns an Error, the call ends: traps and host errors unwind the wasm frames, and Error::exit
/// ends the program.
using RawHostFunc = std::function<Result<void>(Caller&, std::span<uint64_t> slots)>;
/// A callable like a RawHostFunc. It may be move-only.
template <class F>
concept RawHostCallable = std::is_invocable_r_v<Result<void>, F&, Caller&, std::span<uint64_t>>;

/// The signature with which the engine calls a host function. `slots` holds the arguments; the function
/// writes its results to the start of `slots`. A v128 takes two slots, whose memory holds the bytes of a
/// V128; i32 and f32 are zero-extended to 64 bits. If the function succeeds, it returns true. To end the
/// running call with an error, the function calls caller.fail(…) and returns false. The only C++ exceptions
/// that it may throw are std::bad_alloc and std::length_error, because the C++ library throws these when
/// memory runs out. The call then ends with
/// Error::out_of_memory. Linker::define and Func::create make a NativeHostFunc from any callable.
using NativeHostFunc = bool (*)(void* context, Caller& caller, uint64_t* slots);

/// A wasm or host function of a store. Handles are cheap to copy, valid while the store lives, and used on
/// the store's thread.
class Func {
public:
  /// An empty handle. Calling it is a usage error.
  Func() = default;
  /// Makes a host function of the store from any callable, as Linker::define does. The host function lives as
  /// long as the store. Errors: limit.
  template <class F> static Result<Func> create(Store& store, F&& function);
  /// Makes a host function whose type is known only at run time. Errors: limit; usage if `type` refers to a
  /// type that does not exist.
  template <RawHostCallable F> static Result<Func> create(Store& store, FuncType type, F&& function);
  /// Makes a host function from a NativeHostFunc; the other create functions call this one. `context` is
  /// passed to `function` as its first argument, and lives as long as the store.
  static Result<Func> create_native(Store& store, const FuncType& type, NativeHostFunc function,
                                    std::shared_ptr<void> context);
  /// The function's type; empty for an empty handle.
  FuncType type() const;
  /// Checks the arguments' types, calls the function and returns its results (spec §4.7.3). Errors: usage,
  /// trap, exhaustion, exception, host.
  Result<std::vector<Value>> call(std::span<const Value> args) const;
  Result<std::vector<Value>> call(std::initializer_list<Value> args) const {
    return call(std::span(args.begin(), args.size()));
  }
  /// Calls the function without checking types. `slots` holds the arguments in order and receives the
  /// results, both from its start. It must have room for the arguments and for the results. A v128 takes two
  /// slots, whose memory holds the bytes of a V128; i32 and f32 arguments must be zero-extended. In the slot
  /// of an f32 result only the low half is defined. Store::to_slot makes the slot for a reference, and
  /// Store::to_ref reads it. Errors: those of call; usage if `slots` is too small.
  Result<void> call_raw(std::span<uint64_t> slots) const;
  /// A callable with a C++ signature, such as typed<int32_t(int32_t, int32_t)>(). The function's type is
  /// checked once, here, and not at each call. Errors: usage.
  template <class Signature> Result<TypedFunc<Signature>> typed() const;
  /// The function as a non-null funcref. An empty handle gives the null reference. Errors: limit.
  Result<Ref> ref() const noexcept;

  /// For internal use.
  explicit Func(vm::FuncInstance* data) noexcept : data_(data) {}
  vm::FuncInstance* data() const noexcept { return data_; }
  /// Returns whether the handle is not empty.
  explicit operator bool() const noexcept { return data_ != nullptr; }

private:
  vm::FuncInstance* data_ = nullptr;
};

/// A linear memory of a store (spec §4.2.9). Handles are cheap to copy, valid while the store lives, and used
/// on the store's thread.
class Memory {
public:
  Memory() = default;
  /// Makes a memory that belongs to no instance and that modules can import. Errors: limit; usage if the type
  /// is not valid.
  static Result<Memory> create(Store& store, const MemoryType& type);
  /// The memory's type, with the current size as its minimum.
  MemoryType type() const;
  uint64_t pages() const noexcept; ///< current size in pages of 64 KiB
  /// The current bytes of the memory. The bytes do not move, and the span is valid, until the memory grows.
  /// Any call may grow the memory.
  std::span<std::byte> bytes() const noexcept;
  /// The bytes [offset, offset + length). The span is valid until the memory grows. Errors of this function
  /// and of the next four functions: trap out_of_bounds_memory_access, whose message names offset, length and
  /// size; usage for an empty handle.
  Result<std::span<std::byte>> bytes(uint64_t offset, uint64_t length) const;
  /// Reads the value at `offset`, which need not be aligned. Numbers and enumerations are little-endian, as
  /// in WebAssembly. Other types are copied byte by byte.
  template <GuestValue T> Result<T> read(uint64_t offset) const;
  /// Writes `value` to the bytes at `offset`, in the format that read expects.
  template <GuestValue T> Result<void> write(uint64_t offset, const T& value) const;
  /// The `count` elements that begin at `offset`. The span is valid until the memory grows. Further errors:
  /// host if `offset` is not a multiple of the element's alignment.
  template <GuestElement E> Result<std::span<E>> span(uint64_t offset, uint64_t count) const;
  /// Copies `length` bytes into a string. The bytes are not checked for UTF-8.
  Result<std::string> read_string(uint64_t offset, uint64_t length) const;
  /// Copies `source` to `offset`. Writes nothing if part of it would be out of bounds.
  Result<void> write_bytes(uint64_t offset, ByteView source) const;
  /// Grows the memory by `more` pages. Returns the previous size in pages. Errors: limit; usage for an empty
  /// handle.
  Result<uint64_t> grow(uint64_t more) const;

  /// For internal use.
  explicit Memory(vm::MemoryInstance* data) noexcept : data_(data) {}
  vm::MemoryInstance* data() const noexcept { return data_; }

private:
  vm::MemoryInstance* data_ = nullptr;
};

/// A table of references (spec §4.2.8). Handles are cheap to copy, valid while the store lives, and used on
/// the store's thread.
class Table {
public:
  Table() = default;
  /// Makes a table that belongs to no instance and that modules can import. All its elements are `init`.
  /// Errors: limit; usage if the type is not valid or `init` does not match it.
  static Result<Table> create(Store& store, const TableType& type, const Value& init);
  /// The table's type, with the current size as its minimum.
  TableType type() const;
  /// The current size in elements.
  uint64_t size() const noexcept;
  /// The element at `index`. Errors: trap out_of_bounds_table_access; limit.
  Result<Value> get(uint64_t index) const;
  /// Replaces the element at `index`. Errors: trap out_of_bounds_table_access; usage if `value` has another
  /// type or belongs to another store.
  Result<void> set(uint64_t index, const Value& value) const;
  /// Grows the table by `elements` elements, each `init`. Returns the previous size. Errors: limit; usage if
  /// `init` has another type or belongs to another store, or if the handle is empty.
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
  /// Makes a global that belongs to no instance and that modules can import. Errors: usage if `value` does
  /// not match the type.
  static Result<Global> create(Store& store, const GlobalType& type, const Value& value);
  /// The global's type.
  GlobalType type() const;
  /// The global's value. Errors: usage for an empty handle; limit if the value is a reference and
  /// StoreLimits::heap_bytes has no room for its entry.
  Result<Value> get() const;
  /// Replaces the value. Errors: usage if the global is immutable, if `value` has another type or belongs to
  /// another store, or if the handle is empty.
  Result<void> set(const Value& value) const;

  /// For internal use.
  explicit Global(vm::GlobalInstance* data) noexcept : data_(data) {}
  vm::GlobalInstance* data() const noexcept { return data_; }

private:
  vm::GlobalInstance* data_ = nullptr;
};

/// A handle to an export or import. The alternatives are in the order of ExternKind. Tags have no handle yet.
using Extern = std::variant<Func, Table, Memory, Global>;

/// An instance of a module (spec §4.2.6). Handles are cheap to copy, valid while the store lives, and used on
/// the store's thread.
class Instance {
public:
  Instance() = default;
  /// The module that the instance was made from.
  Module module() const;
  /// The export with this name. Empty if there is no such export, or if it is a tag.
  std::optional<Extern> get_export(std::string_view name) const;
  /// Each of these functions returns the export with this name and the function's kind. Errors: usage. The
  /// message names the missing export and suggests similar names, or says which kind the export has.
  Result<Func> func(std::string_view name) const;
  Result<Memory> memory(std::string_view name = "memory") const;
  Result<Table> table(std::string_view name) const;
  Result<Global> global(std::string_view name) const;
  /// The exported function with this name, as a callable with a C++ signature. The function's type is checked
  /// once, here. Errors: usage.
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

template <GuestElement E> Result<std::span<E>> Memory::span(uint64_t offset, uint64_t count) const {
  return detail::elements_of<E>(count, [&](uint64_t length) { return bytes(offset, length); });
}

template <GuestValue T> Result<void> Memory::write(uint64_t offset, const T& value) const {
  auto at = bytes(offset, sizeof(T));
  if (!at) return fail(std::move(at.error()));
  detail::write_bytes(*at, value);
  return {};
}

} // namespace skerry

#include "skerry/func.hpp" // TypedFunc, and the mapping of C++ types

#include "skerry/caller.hpp" // Func::create
