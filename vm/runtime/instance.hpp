// The run-time structures of the specification (§4.2): store, module, function, table, memory and global
// instances, laid out for the interpreter. Threaded code reaches everything in its instance as
// "ModuleInstance pointer + 32-bit byte offset", so all instances of a module share the code.
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

/// The kind of object that a non-null reference points to. The low bit of a reference is set for i31 values.
enum class ObjectKind : uint8_t { func, host, exception, struct_, array };

/// What a reference points to. Every object begins with this word: the id of its canonical type in the low 24
/// bits, and its kind above. The word of a function is its type id, so that indirect calls compare the word.
struct Object {
  static constexpr uint32_t id_bits = 24, id_mask = (1u << id_bits) - 1;
  uint32_t header;

  constexpr Object(ObjectKind kind, TypeId type)
      : header(static_cast<uint32_t>(kind) << id_bits | (type & id_mask)) {}
  ObjectKind kind() const { return static_cast<ObjectKind>(header >> id_bits); }
  /// id_mask for an object without a type: a host value.
  TypeId type_id() const { return header & id_mask; }
};
static_assert(TypeRegistry::max_types < Object::id_mask && static_cast<uint32_t>(ObjectKind::func) == 0);

/// A function instance (spec §4.2.6). Its address is the funcref, and stays the same while the store lives.
/// It is small because an instance has one for each function of its module.
struct FuncInstance : Object {
  explicit FuncInstance(TypeId type) : Object(ObjectKind::func, type) {}
  const std::byte* code = nullptr; // where calls jump to: the translated code, or &stub
  uint32_t frame_bytes = 0;        // of a translated function; 0 before translation
  uint32_t link_offset = 0;        // bytes from the frame to its link: 8 * max(params_slots, results_slots)
  ModuleInstance* instance = nullptr; // the instance that owns the code; null for host functions
  // One word of threaded code: the handler that translates at the first call, or the one that calls the host.
  // The handler computes the FuncInstance from this word's address.
  Handler stub = nullptr;
  uint32_t func_index = 0; // in the instance's module; for host functions, in Store::host_funcs
  uint16_t params_slots = 0, results_slots = 0;
};

struct HostFunc;
/// A host function in a store.
struct HostFuncInstance : FuncInstance {
  using FuncInstance::FuncInstance;
  Store* store = nullptr;
  std::shared_ptr<const HostFunc> host;
};

/// A host function in a linker, not tied to a store.
struct HostFunc {
  NativeHostFunc native = nullptr;
  std::shared_ptr<void> context; // first argument of `native`
  TypeHold type;                 // of the engine that linkers and stores keep alive
  std::string module, name;      // for backtraces

  /// Calls the function with its arguments in `slots`, where it also leaves its results. Returns false if it
  /// failed: see store.error. `caller` is null if the embedder makes the call.
  bool invoke(Store& store, ModuleInstance* caller, uint64_t* slots) const {
    Caller view(&store, caller);
    return native(context.get(), view, slots);
  }
};

/// A memory instance (spec §4.2.8). `base` changes when the memory grows and when an image is restored.
/// `byte_size` only grows, except when an image is restored.
struct MemoryInstance {
  std::byte* base = nullptr;
  uint64_t byte_size = 0;
  uint64_t reserved_bytes = 0; // address space from `base`, all of it readable and writable
  uint64_t front_bytes = 0;    // bytes at `base` that are a separate mapping: an image's pages
  uint64_t max_pages = 0;      // from the type and the store's limit
  MemoryType type;
  Store* store = nullptr;
  std::shared_ptr<const MemoryImage> image; // the image mapped at its start, if it was frozen or restored

  MemoryInstance() = default;
  MemoryInstance(const MemoryInstance&) = delete;
  MemoryInstance& operator=(const MemoryInstance&) = delete;
  ~MemoryInstance(); // releases the address space
};

/// A table instance (spec §4.2.7).
struct TableInstance {
  uint64_t* elements = nullptr; // owned, from calloc: unused pages of large tables take no memory
  uint64_t size = 0;
  uint64_t capacity = 0;
  uint64_t max_elements = 0; // from the type and the store's limit
  TableType type;            // concrete heap types are canonical ids
  Store* store = nullptr;
  std::shared_ptr<const std::vector<uint64_t>> image; // the elements when it was last frozen or restored
  bool written = false;                               // since then
  uint64_t dirty = 0; // elements after the end that may be non-null, left by a growth that was stopped

  TableInstance() = default;
  TableInstance(const TableInstance&) = delete;
  TableInstance& operator=(const TableInstance&) = delete;
  ~TableInstance() { std::free(elements); }
};

/// A global instance (spec §4.2.10).
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

/// A module instance (spec §4.2.5). Allocated as one block: this struct, then its own functions and globals,
/// then arrays of pointers and segments (Layout).
struct ModuleInstance {
  // Handlers read these, which are in the order of use. Threaded code contains their offsets.
  std::byte* stack_limit; // end of the value stack, less the red zone
  Store* store;
  MemoryInstance* memory0; // null if the module has no memory
  const Module* module;    // compiled->module

  // Arrays by index space, imports first. `functions` holds pointers. The functions themselves are at
  // Layout::own_functions, so a direct call finds its FuncInstance without a load.
  FuncInstance** functions;
  TableInstance** tables;
  MemoryInstance** memories;
  GlobalInstance** globals;
  ElemInstance* elem_segments;
  DataInstance* data_segments;

  // Handlers do not read these.
  std::shared_ptr<const CompiledModule> compiled;
  // The memory that host functions use (Caller::memory): the one exported as
  // "memory", else memory 0; null if there is neither.
  MemoryInstance* host_memory;
};

/// Byte offsets within a module's instance block, the same for every instance of the module.
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
