// Linker: names for imports, host functions from any callable, instantiation.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/engine.hpp"
#include "skerry/error.hpp"
#include "skerry/image.hpp"
#include "skerry/instance.hpp"
#include "skerry/module.hpp"
#include "skerry/store.hpp"

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry {

namespace vm {
struct Linker;
}

/// How an untyped host function looks: arguments in `slots` (v128 takes two, of an f32 only the low half
/// counts), results written to its start.
/// An Error it returns ends the call: traps and host errors unwind the wasm frames, Error::exit ends the
/// program.
using RawHostFunc = std::function<Result<void>(Caller&, std::span<uint64_t> slots)>;

struct MissingImport {
  std::string module;
  std::string name;
  ExternType type;
};

/// What to do about functions that nobody defines.
enum class UnknownImports : uint8_t {
  error,         ///< instantiation fails and lists all of them (default)
  trap,          ///< a call of one traps with ErrorCode::unknown_import and its name
  return_zeroes, ///< they do nothing and return zeros and null references
};

/// Definitions by module and name. Not tied to a store as long as only host functions are in it. One thread.
class Linker {
public:
  explicit Linker(const Engine& engine);
  Linker(Linker&&) noexcept;
  Linker& operator=(Linker&&) noexcept;
  ~Linker();

  /// Any callable: `[](Caller&, int32_t a, std::span<const std::byte> text) -> int32_t`. Parameters: optional
  /// Caller& first; int32_t, uint32_t, int64_t, uint64_t, float, double; std::span<(const) std::byte> or
  /// std::string_view for an (i32 pointer, i32 length) pair, bounds-checked. Returns void, one of the
  /// numbers, std::tuple of them, or Result of any of these. Exceptions are caught and become
  /// ErrorCode::host_exception; std::bad_alloc becomes Error::out_of_memory. A second definition of a name
  /// replaces the first.
  template <class F>
    requires(!std::convertible_to<F, Extern>)
  void define(std::string_view module, std::string_view name, F&& function);
  /// An untyped one, for types known at run time only.
  void define_raw(std::string_view module, std::string_view name, FuncType type, RawHostFunc function);
  /// What the two above end in; `context` is the first argument of `function` and lives as long as it can be
  /// called.
  void define_native(std::string_view module, std::string_view name, FuncType type, NativeHostFunc function,
                     std::shared_ptr<void> context);
  /// A function, memory, table or global of a store; instantiating in another store is a usage error.
  void define(std::string_view module, std::string_view name, const Extern& item);
  /// All exports of an instance, under `module`.
  void define_instance(std::string_view module, const Instance& instance);
  void set_unknown_imports(UnknownImports what) noexcept;

  /// Why a definition could not be made: memory ran out, or the handle was empty. Null when all were made;
  /// instantiate fails with it.
  const Error* error() const noexcept;

  /// Imports of `module` that nothing here defines (whatever set_unknown_imports says); the first `most` of
  /// them, because a module may have a million imports.
  std::vector<MissingImport> missing(const Module& module, size_t most = ~size_t{0}) const;
  size_t count_missing(const Module& module) const noexcept;

  /// Spec §4.5.4: checks imports, allocates, initialises, runs the start function. On failure of an active
  /// segment or the start function what was already written to imported tables and memories stays written.
  /// Errors: unlinkable (all problems listed), limit, trap, exhaustion.
  Result<Instance> instantiate(Store& store, const Module& module) const;
  /// A new instance in the state of an image; neither segments nor the start function run. Errors:
  /// unlinkable, limit.
  Result<Instance> instantiate(Store& store, const Image& image) const;

private:
  std::unique_ptr<vm::Linker> data_;
};

} // namespace skerry

#include "skerry/host_func.hpp" // Linker::define for callables
