// What an Engine holds. Made by vm/api, which alone knows translator and interpreter; the rest of the engine
// reaches them through the pointers here.
#pragma once

#include "skerry/config.hpp"
#include "vm/code/code.hpp"
#include "vm/code/handler_table.hpp"
#include "vm/module/type_registry.hpp"

namespace skerry::vm {

struct Module;
struct Store;
struct FuncInstance;

struct EngineData {
  Config config;
  TypeRegistry types;                           // thread-safe
  std::shared_ptr<const HandlerTable> handlers; // threaded code is made of these

  /// Translates a validated function, or finds what another thread translated. Thread-safe.
  Result<const Code*> (*translate)(const Module& module, uint32_t defined_index) = nullptr;
  /// Runs a function: arguments in `slots`, results written there. False when it failed: see Store::error.
  bool (*invoke)(Store& store, FuncInstance& func, uint64_t* slots) = nullptr;
};

} // namespace skerry::vm
