#include "vm/runtime/instance.hpp"

#include "vm/runtime/store.hpp"

#include <new>

namespace skerry::vm {

namespace {

uint64_t align_up(uint64_t offset, uint64_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

/// Plans the offsets of consecutive arrays in a memory block.
class BlockPlan {
public:
  explicit BlockPlan(uint64_t start) : size_(start) {}
  template <class T> uint32_t array(size_t count) {
    const uint64_t start = align_up(size_, alignof(T));
    size_ = start + count * sizeof(T);
    return static_cast<uint32_t>(start); // fits: allocate_block refuses larger blocks
  }
  uint64_t size() const { return size_; }

private:
  uint64_t size_;
};

} // namespace

Layout::Layout(const Module& module) {
  BlockPlan plan(sizeof(ModuleInstance));
  own_functions = plan.array<FuncInstance>(module.functions.size() - module.imported_functions);
  own_globals = plan.array<GlobalInstance>(module.globals.size() - module.imported_globals);
  functions = plan.array<FuncInstance*>(module.functions.size());
  tables = plan.array<TableInstance*>(module.tables.size());
  memories = plan.array<MemoryInstance*>(module.memories.size());
  globals = plan.array<GlobalInstance*>(module.globals.size());
  elem_segments = plan.array<ElemInstance>(module.elem_segments.size());
  data_segments = plan.array<DataInstance>(module.data_segments.size());
  size = plan.size();
}

void Store::InstanceDeleter::operator()(ModuleInstance* instance) const {
  // Only element segments need destructors: functions, globals and data segments are trivially destructible.
  const size_t elem_segments = instance->module->elem_segments.size();
  for (size_t i = 0; i < elem_segments; ++i) instance->elem_segments[i].~ElemInstance();
  instance->~ModuleInstance();
  ::operator delete(instance, std::align_val_t{alignof(GlobalInstance)});
}

} // namespace skerry::vm
