// What an Engine holds. Made by vm/api, which alone knows translator and interpreter; the rest of the engine
// reaches them through the pointers here.
#pragma once

#include "skerry/config.hpp"
#include "vm/module/type_registry.hpp"
#include "vm/module/work_meter.hpp"

#include <memory>
#include <span>

namespace skerry::vm {

struct Module;
struct CompiledModule;
struct Code;
struct HandlerTable;
struct FuncInstance;
struct Store;

/// Where threaded code comes from.
struct CodeLocation {
  uint32_t module_offset = 0; // of the wasm instruction
  int32_t pending_fuel = 0;   // executed since the last charge, this instruction included
};

struct EngineData {
  EngineData() = default;
  explicit EngineData(const Config& c) : config(c) {}

  Config config;
  ByteBudget work_budget{config.engine_budget}; // what work for guests holds at the moment
  TypeRegistry types;                           // thread-safe
  std::shared_ptr<const HandlerTable> handlers; // threaded code is made of these

  /// Translates a validated function, or finds what another thread translated. Errors: limit (frame slots,
  /// budgets), and what ends a call (deadline, interrupt); the function can be tried again, by any store.
  /// Thread-safe.
  Result<const Code*> (*translate)(const CompiledModule& module, uint32_t defined_index,
                                   WorkMeter& meter) = nullptr;
  /// The instructions at `code_offsets` of one translated function, in any order, to `locations`, which has
  /// as many. Translates again, once for all of them: only for when a call fails. Errors as translate;
  /// nothing is written then.
  Result<void> (*locate)(const Module& module, uint32_t defined_index, std::span<const uint32_t> code_offsets,
                         std::span<CodeLocation> locations, WorkMeter& meter) = nullptr;
  /// Runs a function: arguments in `slots`, results written there. False when it failed: see Store::error.
  bool (*invoke)(Store& store, FuncInstance& func, uint64_t* slots) noexcept = nullptr;
};

} // namespace skerry::vm
