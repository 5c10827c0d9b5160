// Linker: defines imports by name, makes host functions from any callable, and instantiates modules.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/engine.hpp"
#include "skerry/error.hpp"
#include "skerry/host_func.hpp"
#include "skerry/image.hpp"
#include "skerry/instance.hpp"
#include "skerry/module.hpp"
#include "skerry/store.hpp"

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace skerry {

namespace vm {
struct Linker;
}

/// An import of a module for which a linker has no definition.
struct MissingImport {
  std::string module;
  std::string name;
  ExternType type;
  /// A suggestion such as `; did you mean "fd_write"?`: defined names that are similar. Empty if there are
  /// none. Only the first few imports of a list have one.
  std::string suggestion;
};

/// How instantiation treats imported functions that have no definition.
enum class UnknownImports : uint8_t {
  error,        ///< instantiation fails, and the error lists all of them (default)
  trap,         ///< a call of one traps with ErrorCode::unknown_import; the message names the import
  return_zeros, ///< a call returns zeros and null references, or traps if a result type has no null
};

/// Definitions of imports, by module name and import name. A linker that holds only host functions can be
/// used with every store of the engine. One thread at a time.
class Linker {
public:
  /// An empty linker for the stores and modules of `engine`. Throws std::bad_alloc if memory runs out.
  explicit Linker(const Engine& engine);
  Linker(Linker&&) noexcept;
  Linker& operator=(Linker&&) noexcept;
  ~Linker();

  /// Defines a host function from any callable:
  ///
  ///   linker.define("env", "log", [](Caller&, int32_t level, std::string_view text) -> int32_t { … });
  ///
  /// The first parameter may be Caller&. The other parameters may have these types:
  ///
  /// - those that wasm_type.hpp lists.
  /// - std::string_view, or a std::span of trivially copyable elements. It stands for an i32 address and an
  ///   i32 number of elements. If the range is out of bounds, the call traps. If the address is not a
  ///   multiple of the elements' alignment, the call fails with a host error.
  /// - a trivially copyable struct. It stands for the i32 address of its bytes, which are copied.
  ///
  /// The result is void, one of the types of wasm_type.hpp, a std::tuple or std::pair of these, or a Result
  /// of any of them. Other types do not compile, and the message lists these. A member function is called on
  /// the object given to Store::set_user_data, whose type must be the class that declares the function;
  /// without such an object the call fails with a usage error. If the callable throws std::bad_alloc or
  /// std::length_error, the call ends with Error::out_of_memory; any other exception becomes
  /// ErrorCode::host_exception. If a name is defined a second time, by this or another function of the
  /// linker, the new definition replaces the old one.
  template <class F>
    requires(!std::convertible_to<F, Extern>)
  void define(std::string_view module, std::string_view name, F&& function);
  /// Like the function above, for a member function that is called on `object`. The linker does not own
  /// `object`, which must live as long as the host function can be called.
  template <class Member, class Object>
    requires std::is_member_function_pointer_v<Member>
  void define(std::string_view module, std::string_view name, Member member, Object& object) {
    define(module, name, detail::BoundMember<Member, Object>{member, &object});
  }
  /// Defines a host function without a C++ signature. For types that are known only at run time.
  /// `function` is a callable like a RawHostFunc, and may be move-only.
  template <RawHostCallable F>
  void define_raw(std::string_view module, std::string_view name, FuncType type, F&& function);
  /// Defines a host function from a NativeHostFunc; `define` and `define_raw` call this function. `context`
  /// is passed to `function` as its first argument, and lives as long as `function` can be called.
  void define_native(std::string_view module, std::string_view name, FuncType type, NativeHostFunc function,
                     std::shared_ptr<void> context);
  /// Defines a further host function for a name that is already defined. Imports whose type the first
  /// definition does not have get the overload with their type. So a function can serve old signatures, too.
  /// If the name is defined again, its overloads are removed.
  template <RawHostCallable F>
  void define_overload(std::string_view module, std::string_view name, FuncType type, F&& function);
  /// Defines a function, memory, table or global of a store. Afterwards this linker can instantiate only in
  /// that store; instantiating in another store is a usage error.
  void define(std::string_view module, std::string_view name, const Extern& item);
  /// Defines all exports of an instance, with `module` as their module name.
  void define_instance(std::string_view module, const Instance& instance);
  /// Sets how instantiate treats imported functions that have no definition; UnknownImports::error by
  /// default.
  void set_unknown_imports(UnknownImports what) noexcept;

  /// The error of the last definition that failed, for example because memory ran out or a handle was empty.
  /// Null if no definition failed. instantiate fails with this error.
  const Error* error() const noexcept;

  /// The imports of `module` that this linker does not define; set_unknown_imports does not change the
  /// result. Returns only the first `most` of these imports, because a module may have a million.
  std::vector<MissingImport> missing(const Module& module, size_t most = ~size_t{0}) const;
  /// How many imports of `module` this linker does not define.
  size_t count_missing(const Module& module) const noexcept;

  /// Instantiates a module (spec §4.7.2): checks the imports, allocates the instance, initializes it and runs
  /// its start function. If an active segment or the start function fails, earlier writes to imported tables
  /// and memories remain. Errors: unlinkable (the message lists all problems), limit, trap, exhaustion,
  /// exception, host, usage.
  Result<Instance> instantiate(Store& store, const Module& module) const;
  /// Makes an instance in the state of an image. Active segments and the start function do not run. Errors:
  /// unlinkable, limit, exhaustion, usage.
  Result<Instance> instantiate(Store& store, const Image& image) const;

private:
  void define_native_overload(std::string_view module, std::string_view name, FuncType type,
                              NativeHostFunc function, std::shared_ptr<void> context);

  std::unique_ptr<vm::Linker> data_;
};

template <class F>
  requires(!std::convertible_to<F, Extern>)
void Linker::define(std::string_view module, std::string_view name, F&& function) {
  auto host = detail::host_function(std::forward<F>(function));
  define_native(module, name, std::move(host.type), host.native, std::move(host.context));
}

template <RawHostCallable F>
void Linker::define_raw(std::string_view module, std::string_view name, FuncType type, F&& function) {
  auto host = detail::raw_host_function(std::move(type), std::forward<F>(function));
  define_native(module, name, std::move(host.type), host.native, std::move(host.context));
}

template <RawHostCallable F>
void Linker::define_overload(std::string_view module, std::string_view name, FuncType type, F&& function) {
  auto host = detail::raw_host_function(std::move(type), std::forward<F>(function));
  define_native_overload(module, name, std::move(host.type), host.native, std::move(host.context));
}

} // namespace skerry
