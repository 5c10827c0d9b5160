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

/// Where threaded code comes from.
struct CodeLocation {
  uint32_t module_offset = 0; // of the wasm instruction
  int32_t pending_fuel = 0;   // executed since the last charge, this instruction included
};

struct EngineData {
  Config config;
  TypeRegistry types;                           // thread-safe
  std::shared_ptr<const HandlerTable> handlers; // threaded code is made of these

  /// Translates a validated function, or finds what another thread translated. Thread-safe.
  Result<const Code*> (*translate)(const Module& module, uint32_t defined_index) = nullptr;
  /// The instruction at `code_offset` of a translated function. Translates again: only for when a call fails.
  CodeLocation (*locate)(const Module& module, uint32_t defined_index, uint32_t code_offset) = nullptr;
  /// Runs a function: arguments in `slots`, results written there. False when it failed: see Store::error.
  bool (*invoke)(Store& store, FuncInstance& func, uint64_t* slots) noexcept = nullptr;
};

} // namespace skerry::vm
