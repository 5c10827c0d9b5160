// Linker: names for imports, host functions from any callable, and instantiation.
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
#include <utility>
#include <vector>

namespace skerry {

namespace vm {
struct Linker;
}

/// An import that a linker has no definition for.
struct MissingImport {
  std::string module;
  std::string name;
  ExternType type;
};

/// How instantiation treats imported functions that have no definition.
enum class UnknownImports : uint8_t {
  error,        ///< instantiation fails and lists all of them (default)
  trap,         ///< calling one traps with ErrorCode::unknown_import and its name
  return_zeros, ///< they do nothing and return zeros and null references, or trap if a result cannot be null
};

/// Definitions of imports, by module and name. A linker is not tied to a store while it holds only host
/// functions. One thread.
class Linker {
public:
  /// An empty linker, for stores and modules of this engine. Throws std::bad_alloc if memory runs out.
  explicit Linker(const Engine& engine);
  Linker(Linker&&) noexcept;
  Linker& operator=(Linker&&) noexcept;
  ~Linker();

  /// Defines a host function from any callable:
  ///
  ///   linker.define("env", "log", [](Caller&, int32_t level, std::string_view text) -> int32_t { … });
  ///
  /// Parameters: optionally Caller& first; int32_t, uint32_t, int64_t, uint64_t, float, double, V128, Ref;
  /// std::span<(const) std::byte> or std::string_view for an (i32 pointer, i32 length) pair, with bounds
  /// checked. It returns void, one of the number types, a std::tuple of them, or a Result of any of these.
  /// Exceptions are caught and become ErrorCode::host_exception; std::bad_alloc becomes Error::out_of_memory.
  /// A second definition of a name replaces the first, here and below.
  template <class F>
    requires(!std::convertible_to<F, Extern>)
  void define(std::string_view module, std::string_view name, F&& function);
  /// Defines an untyped host function, for a type known only at run time.
  void define_raw(std::string_view module, std::string_view name, FuncType type, RawHostFunc function);
  /// Defines a host function by its native signature; `define` and `define_raw` call this. `context` is the
  /// first argument of `function`, and lives as long as the function can be called.
  void define_native(std::string_view module, std::string_view name, FuncType type, NativeHostFunc function,
                     std::shared_ptr<void> context);
  /// Defines a function, memory, table or global of a store. Instantiating in another store is then a usage
  /// error.
  void define(std::string_view module, std::string_view name, const Extern& item);
  /// Defines all exports of an instance under the name `module`.
  void define_instance(std::string_view module, const Instance& instance);
  /// Sets how instantiate treats imported functions that have no definition; UnknownImports::error by
  /// default.
  void set_unknown_imports(UnknownImports what) noexcept;

  /// Why a definition failed: memory ran out, or a handle was empty. Null if all succeeded. instantiate fails
  /// with this error.
  const Error* error() const noexcept;

  /// The imports of `module` that have no definition here, whatever set_unknown_imports says: the first
  /// `most` of them, because a module may have a million imports.
  std::vector<MissingImport> missing(const Module& module, size_t most = ~size_t{0}) const;
  /// How many imports of `module` have no definition here.
  size_t count_missing(const Module& module) const noexcept;

  /// Instantiates a module (spec §4.5.4): checks the imports, allocates, initializes, runs the start
  /// function. If an active segment or the start function fails, the writes to imported tables and memories
  /// that came before remain. Errors: unlinkable (lists all problems), limit, trap, exhaustion, exception,
  /// host, usage.
  Result<Instance> instantiate(Store& store, const Module& module) const;
  /// Makes an instance in the state of an image. Neither segments nor the start function run. Errors:
  /// unlinkable, limit, exhaustion, usage.
  Result<Instance> instantiate(Store& store, const Image& image) const;

private:
  std::unique_ptr<vm::Linker> data_;
};

template <class F>
  requires(!std::convertible_to<F, Extern>)
void Linker::define(std::string_view module, std::string_view name, F&& function) {
  auto host = detail::host_function(std::forward<F>(function));
  define_native(module, name, std::move(host.type), host.native, std::move(host.context));
}

inline void Linker::define_raw(std::string_view module, std::string_view name, FuncType type,
                               RawHostFunc function) {
  auto host = detail::raw_host_function(std::move(type), std::move(function));
  define_native(module, name, std::move(host.type), host.native, std::move(host.context));
}

} // namespace skerry
