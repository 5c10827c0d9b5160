// The run-time structures of the specification (§4.2): store, module, function, table, memory and global
// instances, laid out for the interpreter. Threaded code reaches everything of its instance as
// "ModuleInstance pointer + 32-bit byte offset", so the code is shared by all instances of a module.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/error.hpp"
#include "skerry/store.hpp"
#include "skerry/types.hpp"
#include "vm/code/compiled_module.hpp"
#include "vm/code/handler.hpp"
#include "vm/module/module.hpp"
#include "vm/module/type_registry.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace skerry::vm {

struct Store;
struct ModuleInstance;
struct HostFunc;
class MemoryImage;

/// What a non-null reference points to begins with this; the low bit of a reference is set for i31 values.
enum class ObjectKind : uint32_t { func, host, exception, struct_, array };
struct Object {
  ObjectKind kind;
};

/// Spec §4.2.6. Its address is the funcref. Stable while the store lives. Small, because an instance has one
/// for each function of its module.
struct FuncInstance : Object {
  TypeId type_id = 0;              // canonical
  const std::byte* code = nullptr; // where a call jumps to: the translated code, or &stub
  uint32_t frame_bytes = 0;        // of a translated function; 0 before
  uint32_t link_offset = 0; // bytes from the frame's start to its link: 8 * max(params_slots, results_slots)
  ModuleInstance* instance = nullptr; // whose code it is; null for host functions
  // One word of threaded code: the handler that translates on first call, or the one that calls the host. It
  // finds the FuncInstance from its own address.
  Handler stub = nullptr;
  uint32_t func_index = 0; // in the instance's module; in its own list for host functions
  uint16_t params_slots = 0, results_slots = 0;
};

struct HostFunc;
/// A host function in a store.
struct HostFuncInstance : FuncInstance {
  Store* store = nullptr;
  std::shared_ptr<const HostFunc> host;
};

/// A host function as a linker holds it; not tied to a store.
struct HostFunc {
  NativeHostFunc native = nullptr;
  std::shared_ptr<void> context; // first argument of `native`
  TypeHold type;                 // of the engine that linkers and stores keep alive
  std::string module, name;      // for backtraces

  /// Arguments in `slots`, results there afterwards. False: store.error says why. `caller` is null when the
  /// host itself calls.
  bool invoke(Store& store, ModuleInstance* caller, uint64_t* slots) const {
    Caller view(&store, caller);
    return native(context.get(), view, slots);
  }
};

/// Spec §4.2.8. `base` moves when the memory grows, and when an image is restored; `byte_size` only grows,
/// but when an image is restored.
struct MemoryInstance {
  std::byte* base = nullptr;
  uint64_t byte_size = 0;
  uint64_t reserved_bytes = 0; // address space from base on, all of it readable and writable
  uint64_t front_bytes = 0;    // what of it is mapped apart from the rest: the pages of an image
  uint64_t max_pages = 0;      // from the type and the store's limit
  MemoryType type;
  Store* store = nullptr;
  std::shared_ptr<const MemoryImage> image; // what is mapped at its start, if it was frozen or restored

  MemoryInstance() = default;
  MemoryInstance(const MemoryInstance&) = delete;
  MemoryInstance& operator=(const MemoryInstance&) = delete;
  ~MemoryInstance(); // gives the address space back
};

/// Spec §4.2.7.
struct TableInstance {
  uint64_t* elements = nullptr; // references; owned, from calloc, so that large tables cost what they use
  uint64_t size = 0;
  uint64_t capacity = 0;
  uint64_t max_elements = 0; // from the type and the store's limit
  TableType type;            // concrete heap types are canonical ids
  Store* store = nullptr;
  std::shared_ptr<const std::vector<uint64_t>> image; // what it held when it was last frozen or restored
  bool written = false;                               // since then
  uint64_t dirty = 0; // elements after the last one that need not be null: a growth that was stopped set them

  TableInstance() = default;
  TableInstance(const TableInstance&) = delete;
  TableInstance& operator=(const TableInstance&) = delete;
  ~TableInstance() { std::free(elements); }
};

/// Spec §4.2.10.
struct GlobalInstance {
  alignas(16) uint64_t value[2] = {0, 0};
  GlobalType type; // concrete heap types are canonical ids
  Store* store = nullptr;
};

struct ElemInstance {
  std::vector<uint64_t> refs; // emptied by elem.drop
};
struct DataInstance {
  const std::byte* bytes = nullptr;
  uint64_t size = 0; // 0 after data.drop
};

/// Spec §4.2.5. Allocated as one block: this struct, then own functions, then tables of pointers (Layout).
struct ModuleInstance {
  // Read by handlers, in the order of use; offsets from here are in threaded code.
  std::byte* stack_limit; // end of the value stack, less a red zone
  Store* store;
  MemoryInstance* memory0; // null when the module has no memory
  const Module* module;    // compiled->module

  // Arrays by index space, imports first. `functions` points to pointers; the own functions themselves lie at
  // Layout::own_functions, so that a direct call needs no load to find its FuncInstance.
  FuncInstance** functions;
  TableInstance** tables;
  MemoryInstance** memories;
  GlobalInstance** globals;
  ElemInstance* elem_segments;
  DataInstance* data_segments;

  // Not read by handlers.
  std::shared_ptr<const CompiledModule> compiled;
  // What host functions work on (Caller::memory): the memory exported as "memory", else
  // memory 0, null when there is none.
  MemoryInstance* host_memory;
};

/// Byte offsets inside a module's instance block; the same for every instance of the module.
struct Layout {
  explicit Layout(const Module& module);
  uint32_t own_functions; // FuncInstance[defined functions]
  uint32_t own_globals;   // GlobalInstance[defined globals]
  uint32_t functions, tables, memories, globals, elem_segments, data_segments;
  uint64_t size;
  uint32_t func(uint32_t defined_index) const {
    return own_functions + defined_index * static_cast<uint32_t>(sizeof(FuncInstance));
  }
  uint32_t global_value(uint32_t defined_index) const {
    return own_globals + defined_index * static_cast<uint32_t>(sizeof(GlobalInstance));
  }
};

} // namespace skerry::vm
