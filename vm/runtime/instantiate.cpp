#include "vm/runtime/instantiate.hpp"

#include "vm/base/address.hpp"
#include "vm/code/handler_table.hpp"
#include "vm/runtime/address_space.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/bulk.hpp"
#include "vm/runtime/const_expr.hpp"
#include "vm/runtime/linear_memory.hpp"
#include "vm/runtime/table.hpp"

#include <algorithm>
#include <limits>
#include <new>

namespace skerry::vm {

namespace {

using InstancePtr = std::unique_ptr<ModuleInstance, Store::InstanceDeleter>;

template <class T> T* at(ModuleInstance& instance, uint32_t offset) {
  return reinterpret_cast<T*>(reinterpret_cast<std::byte*>(&instance) + offset);
}

/// Undoes what the allocation of an instance has added to the store, unless keep() is called.
class Rollback {
public:
  explicit Rollback(Store& store)
      : store_(store), memories_(store.memories.size()), tables_(store.tables.size()),
        memory_bytes_(store.usage.memory_bytes), table_elements_(store.usage.table_elements),
        budget_taken_(store.budget_taken) {}
  ~Rollback() {
    if (keep_) return;
    store_.memories.resize(memories_);
    store_.tables.resize(tables_);
    store_.usage.memory_bytes = memory_bytes_;
    store_.usage.table_elements = table_elements_;
    store_.give_back_budget(store_.budget_taken - budget_taken_);
  }
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;
  void keep() { keep_ = true; }

private:
  Store& store_;
  size_t memories_, tables_;
  uint64_t memory_bytes_, table_elements_, budget_taken_;
  bool keep_ = false;
};

/// Constructs `count` empty segments. Returns false if the meter refuses: the call must then end.
template <class T> bool construct(T* first, size_t count, WorkMeter& meter) {
  constexpr size_t piece = 1024;
  for (size_t done = 0; done < count; done += piece) {
    std::uninitialized_value_construct_n(first + done, std::min(piece, count - done));
    if (!meter.spend(piece)) return false;
  }
  return true;
}

void* allocate_bytes(size_t bytes) {
  return ::operator new(bytes, std::align_val_t{alignof(GlobalInstance)}, std::nothrow);
}
void free_bytes(void* block) { ::operator delete(block, std::align_val_t{alignof(GlobalInstance)}); }

/// Allocates the memory block of an instance. The arrays in the block have their addresses, but no items yet.
/// The block counts against the store's budget until the store is destroyed.
Result<InstancePtr> allocate_block(Store& store, const std::shared_ptr<const CompiledModule>& compiled) {
  const std::shared_ptr<const Module>& module = compiled->module;
  if (store.instances.size() >= store.limits.instances)
    return fail(limit_error("instances", store.instances.size() + 1, store.limits.instances));
  const Layout layout(*module);
  constexpr auto largest = static_cast<uint64_t>(std::numeric_limits<int32_t>::max());
  if (layout.size > largest) // because threaded code uses 32-bit offsets
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded,
                      "an instance of the module needs " + std::to_string(layout.size) + " bytes, at most " +
                          std::to_string(largest) + " are possible"));
  constexpr uint64_t large = 1 << 20;
  if (layout.size >= large && !may_take(layout.size))
    return fail(address_space_refused(layout.size, "an instance"));
  WorkMeter meter = work_meter(store);
  if (!meter.spend(1)) return fail(meter.take_error());
  if (!store.take_budget(layout.size)) return fail(limit_error("budget_bytes", *store.budget, layout.size));
  void* block = allocate_bytes(to_size(layout.size));
  if (block == nullptr) {
    store.give_back_budget(layout.size);
    return fail(address_space_refused(layout.size, "an instance"));
  }
  auto* instance = new (block) ModuleInstance{};
  instance->store = &store;
  instance->module = module.get();
  instance->compiled = compiled;
  instance->functions = at<FuncInstance*>(*instance, layout.functions);
  instance->tables = at<TableInstance*>(*instance, layout.tables);
  instance->memories = at<MemoryInstance*>(*instance, layout.memories);
  instance->globals = at<GlobalInstance*>(*instance, layout.globals);
  instance->elem_segments = at<ElemInstance>(*instance, layout.elem_segments);
  instance->data_segments = at<DataInstance>(*instance, layout.data_segments);
  // Segments are still empty here and own no memory, so the block can be freed without their destructors.
  if (construct(instance->elem_segments, module->elem_segments.size(), meter) &&
      construct(instance->data_segments, module->data_segments.size(), meter))
    return InstancePtr(instance);
  instance->~ModuleInstance();
  free_bytes(block);
  return fail(meter.take_error());
}

/// Performs the steps of spec §4.7.2 for one instance, in the specification's order. Every item is counted as
/// work, because a module may contain very many.
class Instantiation {
public:
  Instantiation(Store& store, ModuleInstance& instance)
      : store_(store), instance_(instance), module_(*instance.module), layout_(module_),
        meter_(work_meter(store)), constants_(instance, meter_) {}

  Result<void> allocate(const BoundImports& imports) {
    std::ranges::copy(imports.functions, instance_.functions);
    std::ranges::copy(imports.tables, instance_.tables);
    std::ranges::copy(imports.memories, instance_.memories);
    std::ranges::copy(imports.globals, instance_.globals);
    if (auto ok = make_functions(); !ok) return ok;
    if (auto ok = make_memories(); !ok) return ok;
    if (auto ok = make_globals(); !ok) return ok;
    if (auto ok = make_tables(); !ok) return ok;
    return make_segments();
  }

  Result<void> initialize() {
    if (auto why = has_segments() ? check_interrupt(store_) : std::nullopt) return fail(std::move(*why));
    for (size_t i = 0; i < module_.elem_segments.size(); ++i)
      if (auto ok = initialize_table(module_.elem_segments[i]); !ok) return ok;
    for (size_t i = 0; i < module_.data_segments.size(); ++i)
      if (auto ok = initialize_memory(module_.data_segments[i], instance_.data_segments[i]); !ok) return ok;
    return module_.has_start ? start() : Result<void>{};
  }

private:
  /// Counts `units` of work. Returns an error if the call must end.
  Result<void> worked(uint32_t units) {
    if (meter_.spend(units)) [[likely]]
      return {};
    return fail(meter_.take_error());
  }

  bool has_segments() const { return !module_.elem_segments.empty() || !module_.data_segments.empty(); }

  Result<void> make_functions() {
    auto* own = at<FuncInstance>(instance_, layout_.own_functions);
    const size_t imported = module_.imported_functions;
    for (size_t i = 0; i + imported < module_.functions.size(); ++i) {
      if (!meter_.spend(1)) break;
      auto* func = new (own + i) FuncInstance(module_.func_type_id(static_cast<uint32_t>(imported + i)));
      make_function(*func, i);
      instance_.functions[imported + i] = func;
    }
    return worked(0);
  }

  void make_function(FuncInstance& func, size_t defined_index) {
    const auto index = static_cast<uint32_t>(module_.imported_functions + defined_index);
    const CanonicalType& type = module_.func_type(index);
    func.instance = &instance_;
    func.stub = store_.engine->handlers->lazy_stub;
    func.code = reinterpret_cast<const std::byte*>(&func.stub);
    func.func_index = index;
    func.params_slots = static_cast<uint16_t>(type.params().slots());
    func.results_slots = static_cast<uint16_t>(type.results().slots());
    func.link_offset = std::max(func.params_slots, func.results_slots) * 8u;
    if (const Code* code = instance_.compiled->code.find(defined_index)) {
      func.code = code->bytes.get();
      func.frame_bytes = code->frame_slots * 8;
    }
  }

  Result<void> make_memories() {
    for (size_t i = module_.imported_memories; i < module_.memories.size(); ++i) {
      auto memory = allocate_memory(store_, module_.memories[i]);
      if (!memory) return fail(std::move(memory.error()));
      instance_.memories[i] = *memory;
    }
    instance_.memory0 = module_.memories.empty() ? nullptr : instance_.memories[0];
    instance_.host_memory = host_memory();
    return {};
  }

  MemoryInstance* host_memory() const {
    const Export* found = find_export(module_, "memory");
    const bool is_memory = found != nullptr && found->kind == ExternKind::memory;
    return is_memory ? instance_.memories[found->index] : instance_.memory0;
  }

  Result<void> make_globals() {
    auto* own = at<GlobalInstance>(instance_, layout_.own_globals);
    for (size_t i = module_.imported_globals; i < module_.globals.size(); ++i) {
      if (!meter_.spend(1)) break;
      auto* global = new (own++) GlobalInstance{};
      global->type = module_.globals[i].type;
      global->store = &store_;
      const SlotPair value = constants_.evaluate(module_.globals[i].init);
      global->value[0] = value.lo, global->value[1] = value.hi;
      instance_.globals[i] = global;
    }
    return worked(0);
  }

  Result<void> make_tables() {
    for (size_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
      const ConstExpr& init = module_.tables[i].init;
      auto table =
          allocate_table(store_, module_.tables[i].type, init.size == 0 ? 0 : constants_.evaluate(init).lo);
      if (!table) return fail(std::move(table.error()));
      if (auto ok = worked(1); !ok) return ok;
      instance_.tables[i] = *table;
    }
    return {};
  }

  Result<void> make_segments() {
    for (size_t i = 0; i < module_.elem_segments.size(); ++i)
      if (auto ok = make_elements(module_.elem_segments[i], instance_.elem_segments[i]); !ok) return ok;
    for (size_t i = 0; i < module_.data_segments.size(); ++i) {
      const DataSegment& segment = module_.data_segments[i];
      instance_.data_segments[i] = {module_.bytes.data() + segment.bytes_offset, segment.bytes_size};
    }
    return worked(static_cast<uint32_t>(module_.data_segments.size() / 8));
  }

  /// Evaluates the items of a passive segment. The segment counts against the store's budget even after it is
  /// dropped.
  Result<void> make_elements(const ElemSegment& segment, ElemInstance& elements) {
    if (segment.mode != SegmentMode::passive) return worked(1);
    const uint64_t bytes = segment.count * sizeof(uint64_t);
    if (!store_.take_budget(bytes)) return fail(limit_error("budget_bytes", *store_.budget, bytes));
    elements.refs.reserve(segment.count);
    return for_each_item(segment, [&](uint64_t ref) { elements.refs.push_back(ref); });
  }

  template <class Put> Result<void> for_each_item(const ElemSegment& segment, Put put) {
    ByteReader reader(module_.range(segment.items.offset, segment.items.size));
    for (uint32_t i = 0; i < segment.count && meter_.spend(1); ++i)
      put(segment.is_expressions ? constants_.evaluate(reader).lo
                                 : address_of(instance_.functions[reader.leb_u32()]));
    return worked(0);
  }

  /// Writes the items of an active segment directly into the table, because a list of the items of a long
  /// segment would take memory.
  Result<void> initialize_table(const ElemSegment& segment) {
    if (segment.mode != SegmentMode::active) return worked(1);
    const uint64_t offset = constants_.evaluate(segment.offset).lo;
    if (auto ok = worked(1); !ok) return ok;
    TableInstance& table = *instance_.tables[segment.table];
    if (!fits(offset, segment.count, table.size))
      return fail(Error::trap(ErrorCode::out_of_bounds_table_access));
    table.written = true;
    uint64_t* next = table.elements + offset;
    return for_each_item(segment, [&](uint64_t ref) { *next++ = ref; });
  }

  Result<void> initialize_memory(const DataSegment& segment, DataInstance& data) {
    if (segment.mode != SegmentMode::active) return worked(1);
    const uint64_t offset = constants_.evaluate(segment.offset).lo;
    if (auto ok = worked(1); !ok) return ok;
    MemoryInstance& memory = *instance_.memories[segment.memory];
    const ErrorCode trap =
        fits(offset, data.size, memory.byte_size) ? ErrorCode::none : ErrorCode::out_of_bounds_memory_access;
    auto copied = trap == ErrorCode::none ? copy_data(memory, data, offset) : fail(Error::trap(trap));
    data_drop(data);
    return copied;
  }

  /// Copies the data in pieces, and checks the deadline between two pieces.
  Result<void> copy_data(MemoryInstance& memory, const DataInstance& data, uint64_t offset) {
    constexpr uint64_t piece = 65'536, bytes_per_unit = 64;
    for (uint64_t done = 0; done < data.size; done += piece) {
      const uint64_t count = std::min<uint64_t>(piece, data.size - done);
      memory_init(memory, data, offset + done, done, count); // does not trap: the caller has checked the
                                                             // bounds
      if (auto ok = worked(static_cast<uint32_t>(count / bytes_per_unit)); !ok) return ok;
    }
    return {};
  }

  Result<void> start() {
    uint64_t no_slots[1] = {};
    if (store_.engine->invoke(store_, *instance_.functions[module_.start], no_slots)) return {};
    return fail(take_error(store_));
  }

  Store& store_;
  ModuleInstance& instance_;
  const Module& module_;
  const Layout layout_;
  WorkMeter meter_;
  ConstEvaluator constants_;
};

} // namespace

namespace {

/// Allocates an instance and adds it to the store. If a step fails, the store is left unchanged.
Result<ModuleInstance*> allocate_instance(Store& store, const std::shared_ptr<const CompiledModule>& module,
                                          const BoundImports& imports) {
  Rollback rollback(store);
  auto block = allocate_block(store, module);
  if (!block) return fail(std::move(block.error()));
  ModuleInstance& instance = **block;
  // If the store has no value stack yet, the store's first call allocates the stack and sets stack_limit in
  // all instances.
  if (store.stack.base != nullptr) instance.stack_limit = store.stack.limit();
  if (auto ok = Instantiation(store, instance).allocate(imports); !ok) return fail(std::move(ok.error()));
  store.instances.push_back(std::move(*block));
  rollback.keep();
  ++store.usage.instances;
  return &instance;
}

} // namespace

Result<ModuleInstance*> instantiate(Store& store, const std::shared_ptr<const CompiledModule>& module,
                                    const BoundImports& imports) {
  auto instance = allocate_instance(store, module, imports);
  if (!instance) return instance;
  if (auto ok = Instantiation(store, **instance).initialize(); !ok) return fail(std::move(ok.error()));
  return instance;
}

Result<ModuleInstance*> instantiate(Store& store, const Image& image, const BoundImports& imports) {
  auto instance = allocate_instance(store, image.module, imports);
  if (!instance) return instance;
  if (auto ok = restore(**instance, image); !ok) return fail(std::move(ok.error()));
  return instance;
}

Error take_error(Store& store) {
  Error error =
      store.error ? std::move(*store.error)
                  : Error(ErrorKind::host, ErrorCode::host_failed, "a host function failed without an error");
  store.error.reset();
  return error;
}

} // namespace skerry::vm
