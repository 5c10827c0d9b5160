// The data of an Engine. Only vm/api, which makes this data, refers to the translator and the interpreter.
// All other folders call translator and interpreter through the function pointers in EngineData.
#pragma once

#include "skerry/config.hpp"
#include "vm/module/type_registry.hpp"
#include "vm/module/work_meter.hpp"

#include <functional>
#include <memory>
#include <string>

namespace skerry::vm {

struct Module;
struct CompiledModule;
struct Code;
class SideTable;
struct FunctionText;
struct HandlerTable;
struct FuncInstance;
struct Store;

/// The place in a module from which a piece of threaded code was translated.
struct CodeLocation {
  uint32_t module_offset = 0; // offset of the wasm instruction
  int32_t pending_fuel = 0;   // instructions since the last charge of fuel, including this one
  bool operator==(const CodeLocation&) const = default;
};

/// Returns a function's name in printable form, with a separator before the name: ` <main>`. Returns an empty
/// text if the function has no name.
using FunctionName = std::function<std::string(uint32_t func_index)>;

struct EngineData {
  EngineData() = default;
  explicit EngineData(const Config& c) : config(c) {}

  Config config;
  ByteBudget work_budget{config.engine_budget}; // bytes that the engine's work for guests holds now
  TypeRegistry types;                           // thread-safe
  std::shared_ptr<const HandlerTable> handlers; // the functions whose addresses threaded code contains

  /// Translates a validated function, or returns its code if another thread has translated it in the
  /// meantime. Errors: limit (frame slots, budgets), deadline_exceeded, interrupted. After an error any store
  /// can try again. Thread-safe.
  Result<const Code*> (*translate)(const CompiledModule& module, uint32_t defined_index,
                                   WorkMeter& meter) = nullptr;
  /// Returns the side table of a translated function; never null. If the module does not have the table yet,
  /// side_table() translates the function a second time. So request the table only for the backtrace of a
  /// wasm call that has failed. The module keeps the table, unless the store's budget refuses the table's
  /// bytes. Errors: those of translate. Thread-safe.
  Result<std::shared_ptr<const SideTable>> (*side_table)(const CompiledModule& module, uint32_t defined_index,
                                                         WorkMeter& meter) = nullptr;
  /// Writes a description of the function's code to `text`, for traces. Errors: those of translate.
  Result<void> (*explain)(const Module& module, uint32_t defined_index, WorkMeter& meter,
                          const FunctionName& name, FunctionText& text) = nullptr;
  /// Runs a function: `slots` holds the arguments and receives the results. Returns false if the call failed;
  /// Store::error then says why.
  bool (*invoke)(Store& store, FuncInstance& func, uint64_t* slots) noexcept = nullptr;
};

} // namespace skerry::vm
