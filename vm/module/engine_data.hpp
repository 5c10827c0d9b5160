// The data of an Engine. vm/api makes it and is the only part that refers to the translator and the
// interpreter; the rest of the engine reaches them through the pointers here.
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

/// The place in a module that threaded code was made from.
struct CodeLocation {
  uint32_t module_offset = 0; // of the wasm instruction
  int32_t pending_fuel = 0;   // executed since the last charge, this instruction included
  bool operator==(const CodeLocation&) const = default;
};

/// Returns a function's name in printable form, with what separates it from the words before; empty if there
/// is none.
using FunctionName = std::function<std::string(uint32_t func_index)>;

struct EngineData {
  EngineData() = default;
  explicit EngineData(const Config& c) : config(c) {}

  Config config;
  ByteBudget work_budget{config.engine_budget}; // memory that the engine's work for guests holds now
  TypeRegistry types;                           // thread-safe
  std::shared_ptr<const HandlerTable> handlers; // the handlers that threaded code consists of

  /// Translates a validated function, or returns the code that another thread has made. Errors: limit (frame
  /// slots, budgets) and those that end a call (deadline, interrupt). The function can be tried again, by any
  /// store. Thread-safe.
  Result<const Code*> (*translate)(const CompiledModule& module, uint32_t defined_index,
                                   WorkMeter& meter) = nullptr;
  /// Returns the side table of a translated function; never null. The first call translates the function once
  /// more, so use it only after a call has failed. The module keeps the table unless the store's budget
  /// refuses its bytes. Errors: those of translate. Thread-safe.
  Result<std::shared_ptr<const SideTable>> (*side_table)(const CompiledModule& module, uint32_t defined_index,
                                                         WorkMeter& meter) = nullptr;
  /// Writes the function's code to `text`, for traces. Errors: those of translate.
  Result<void> (*explain)(const Module& module, uint32_t defined_index, WorkMeter& meter,
                          const FunctionName& name, FunctionText& text) = nullptr;
  /// Runs a function with its arguments in `slots`, and writes the results there. Returns false if it failed:
  /// see Store::error.
  bool (*invoke)(Store& store, FuncInstance& func, uint64_t* slots) noexcept = nullptr;
};

} // namespace skerry::vm
