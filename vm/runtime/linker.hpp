// The data of a Linker, and the binding of a module's imports to definitions (spec §4.7.2, import matching
// §3.3).
#pragma once

#include "skerry/linker.hpp"
#include "vm/runtime/store.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace skerry::vm {

/// The meaning that a linker gives to a name: a host function that is not yet in a store, or an item of a
/// store.
using Definition = std::variant<std::shared_ptr<const HostFunc>, FuncInstance*, TableInstance*,
                                MemoryInstance*, GlobalInstance*>;

/// The definition of a name, and further host functions for imports of other types.
struct Defined {
  Definition first;
  std::vector<std::shared_ptr<const HostFunc>> overloads;
};

/// The key of a definition: module name and import name. ImportNameLess also compares views, so that a lookup
/// copies no name.
struct ImportName {
  std::string module, name;
};
using ImportNameView = std::pair<std::string_view, std::string_view>;
struct ImportNameLess {
  using is_transparent = void;
  static ImportNameView view(const ImportName& n) { return {n.module, n.name}; }
  static ImportNameView view(const ImportNameView& n) { return n; }
  template <class A, class B> bool operator()(const A& a, const B& b) const { return view(a) < view(b); }
};

struct Linker {
  Engine engine;
  UnknownImports unknown_imports = UnknownImports::error;
  std::map<ImportName, Defined, ImportNameLess> definitions;
  std::optional<Error> error; // the error of a definition that failed; instantiate returns it

  explicit Linker(const Engine& of) : engine(of) {}
  const Defined* find(const Import& import) const;
  /// Defines a name, and removes its overloads.
  void define(std::string_view module, std::string_view name, Definition definition);
  /// Returns false if the overload's name is not defined.
  bool define_overload(std::shared_ptr<const HostFunc> overload);
  /// Returns a text that suggests definitions whose names are similar to those of `import`; empty if there
  /// are none. Looks at 10,000 definitions at most.
  std::string suggestion(const Import& import) const;
};

/// How many imports of one module get a suggestion.
inline constexpr size_t most_suggestions = 4;

/// The items for a module's imports: for each index space, the imported items in order.
struct BoundImports {
  std::vector<FuncInstance*> functions;
  std::vector<TableInstance*> tables;
  std::vector<MemoryInstance*> memories;
  std::vector<GlobalInstance*> globals;
};

/// Finds a definition for every import and checks its type. Errors: unlinkable, with all problems in one
/// message; usage for items of another store; limit and exhaustion if the store's budget, deadline or
/// interrupt flag ends the work.
Result<BoundImports> bind_imports(const Linker& linker, Store& store, const Module& module);

/// Makes a host function that has no name yet. Errors: limit; usage for a type that does not exist.
Result<std::shared_ptr<HostFunc>> make_host_func(TypeRegistry& types, const FuncType& type,
                                                 NativeHostFunc native, std::shared_ptr<void> context);

/// The instance of a host function in a store. A store makes only one instance of each host function, because
/// all funcrefs to the same host function must be equal.
FuncInstance* host_func_instance(Store& store, const std::shared_ptr<const HostFunc>& host);

/// The store that a function belongs to.
inline Store& store_of(const FuncInstance& func) {
  return func.instance != nullptr ? *func.instance->store : *static_cast<const HostFuncInstance&>(func).store;
}

/// The function's type. The reference is valid while the function's store lives.
inline const CanonicalType& type_of(const FuncInstance& func) {
  return store_of(func).engine->types[func.type_id()];
}

/// The types of items for embedders, with the current size as the minimum.
ExternType extern_type(const FuncInstance& func);
TableType table_type(const TableInstance& table);
MemoryType memory_type(const MemoryInstance& memory);

} // namespace skerry::vm
