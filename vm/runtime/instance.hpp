// The run-time structures of the specification (§4.2): module, function, table, memory and global instances,
// laid out for the interpreter. Threaded code refers to the parts of an instance by 32-bit offsets from the
// ModuleInstance, so that all instances of a module share the code.
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

/// The kind of object that a non-null reference points to. References to i31 values do not point to objects:
/// their lowest bit is set.
enum class ObjectKind : uint8_t { func, host, exception, struct_, array };

/// The beginning of every object that a reference points to: one word with the id of its canonical type in
/// the low 24 bits and its kind above. The kind `func` is 0, so the word of a function equals its type id. An
/// indirect call therefore compares only this word.
struct Object {
  static constexpr uint32_t id_bits = 24, id_mask = (1u << id_bits) - 1;
  uint32_t header;

  constexpr Object(ObjectKind kind, TypeId type)
      : header(static_cast<uint32_t>(kind) << id_bits | (type & id_mask)) {}
  ObjectKind kind() const { return static_cast<ObjectKind>(header >> id_bits); }
  /// id_mask for an object without a type, which is a host value.
  TypeId type_id() const { return header & id_mask; }
};
static_assert(TypeRegistry::max_types < Object::id_mask && static_cast<uint32_t>(ObjectKind::func) == 0);

/// A function instance (spec §4.2.7). A funcref is the address of a FuncInstance, which does not move while
/// the store lives. The struct is small because an instance has one for each function of its module.
struct FuncInstance : Object {
  explicit FuncInstance(TypeId type) : Object(ObjectKind::func, type) {}
  const std::byte* code = nullptr;    // the address at which calls continue: the translated code, or &stub
  uint32_t frame_bytes = 0;           // size of a translated function's frame; 0 before translation
  uint32_t link_offset = 0;           // distance from the frame to its link (return information): 8 *
                                      // max(params_slots, results_slots)
  ModuleInstance* instance = nullptr; // the instance that owns the code; null for host functions
  // One word of threaded code: a handler that translates the function at its first call, or that calls the
  // host function. The handler computes the address of the FuncInstance from the address of this word.
  Handler stub = nullptr;
  uint32_t func_index = 0; // index in the instance's module; for host functions, in Store::host_funcs
  uint16_t params_slots = 0, results_slots = 0;
};

struct HostFunc;
/// The instance of a host function in a store.
struct HostFuncInstance : FuncInstance {
  using FuncInstance::FuncInstance;
  Store* store = nullptr;
  std::shared_ptr<const HostFunc> host;
};

/// A host function that a linker defines or an embedder creates. It does not belong to a store.
struct HostFunc {
  NativeHostFunc native = nullptr;
  std::shared_ptr<void> context; // the first argument of `native`
  TypeHold type;                 // belongs to the engine, which linkers and stores keep alive
  std::string module, name;      // for backtraces

  /// Calls the host function: `slots` holds the arguments and receives the results. Returns false if the call
  /// failed; store.error then says why. `caller` is null if the embedder makes the call.
  bool invoke(Store& store, ModuleInstance* caller, uint64_t* slots) const {
    Caller view(&store, caller);
    return native(context.get(), view, slots);
  }
};

/// A memory instance (spec §4.2.9). `base` changes when the memory grows or an image is restored. `byte_size`
/// becomes smaller only when an image is restored.
struct MemoryInstance {
  std::byte* base = nullptr;
  uint64_t byte_size = 0;
  uint64_t reserved_bytes = 0; // address space that starts at `base`, all of it readable and writable
  uint64_t front_bytes = 0;    // bytes at `base` that are the mapped pages of an image
  uint64_t max_pages = 0;      // the smaller of the type's maximum and the store's limit
  MemoryType type;
  Store* store = nullptr;
  std::shared_ptr<const MemoryImage> image; // the image that is mapped at `base`; null if there is none

  MemoryInstance() = default;
  MemoryInstance(const MemoryInstance&) = delete;
  MemoryInstance& operator=(const MemoryInstance&) = delete;
  ~MemoryInstance(); // releases the address space
};

/// A table instance (spec §4.2.8).
struct TableInstance {
  uint64_t* elements = nullptr; // owned, allocated with calloc so that unused pages of large tables take no
                                // memory
  uint64_t size = 0;
  uint64_t capacity = 0;
  uint64_t max_elements = 0; // the smaller of the type's maximum and the store's limit
  TableType type;            // concrete heap types are canonical ids
  Store* store = nullptr;
  std::shared_ptr<const std::vector<uint64_t>> image; // the elements when the table was last frozen or
                                                      // restored; null before
  bool written = false;                               // the table may have been written since then
  uint64_t dirty = 0; // elements after the end that may be non-null, because a growth was stopped

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
  std::vector<uint64_t> refs; // empty after elem.drop
};
struct DataInstance {
  const std::byte* bytes = nullptr;
  uint64_t size = 0; // 0 after data.drop
};

/// A module instance (spec §4.2.6). It is the start of a block of memory. The functions and globals that the
/// module defines follow, then arrays of pointers, then segments; Layout has their offsets.
struct ModuleInstance {
  // Threaded code and handlers use these members by their offsets. They are ordered by how often they are
  // used.
  std::byte* stack_limit; // end of the value stack without the red zone
  Store* store;
  MemoryInstance* memory0; // null if the module has no memory
  const Module* module;    // compiled->module

  // The index spaces of the instance as arrays; imports come first. A direct call of a function that the
  // module defines needs no load from `functions`, because the FuncInstances of these functions are in the
  // instance's block, from offset Layout::own_functions on.
  FuncInstance** functions;
  TableInstance** tables;
  MemoryInstance** memories;
  GlobalInstance** globals;
  ElemInstance* elem_segments;
  DataInstance* data_segments;

  // Handlers do not use the members below.
  std::shared_ptr<const CompiledModule> compiled;
  // The memory that Caller::memory returns: the one that is exported as "memory", or memory 0 if there is no
  // such export. Null if the instance has no memory.
  MemoryInstance* host_memory;
};

/// Byte offsets in the memory block of a module instance. They are the same for every instance of the module.
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
