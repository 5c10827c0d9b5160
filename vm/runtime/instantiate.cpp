#include "vm/runtime/instantiate.hpp"

#include "vm/code/handler_table.hpp"
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

/// Takes what an unfinished instance allocated out of the store again, unless told to keep it.
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

/// The block with its arrays in place and empty.
Result<InstancePtr> allocate_block(Store& store, const std::shared_ptr<const Module>& module) {
  if (store.instances.size() >= store.limits.instances)
    return fail(limit_error("instances", store.instances.size() + 1, store.limits.instances));
  const Layout layout(*module);
  constexpr auto largest = static_cast<uint64_t>(std::numeric_limits<int32_t>::max());
  if (layout.size > largest) // threaded code has 32-bit offsets
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded,
                      "an instance of the module needs " + std::to_string(layout.size) + " bytes, " +
                          std::to_string(largest) + " are possible"));
  void* block = ::operator new(layout.size, std::align_val_t{alignof(GlobalInstance)}, std::nothrow);
  if (block == nullptr)
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded,
                      "the system refuses " + std::to_string(layout.size) + " bytes for an instance"));
  auto* instance = new (block) ModuleInstance{};
  instance->store = &store;
  instance->module = module;
  instance->functions = at<FuncInstance*>(*instance, layout.functions);
  instance->tables = at<TableInstance*>(*instance, layout.tables);
  instance->memories = at<MemoryInstance*>(*instance, layout.memories);
  instance->globals = at<GlobalInstance*>(*instance, layout.globals);
  instance->elem_segments = at<ElemInstance>(*instance, layout.elem_segments);
  instance->data_segments = at<DataInstance>(*instance, layout.data_segments);
  std::uninitialized_value_construct_n(instance->elem_segments, module->elem_segments.size());
  std::uninitialized_value_construct_n(instance->data_segments, module->data_segments.size());
  return InstancePtr(instance);
}

/// Does the steps of §4.5.4 for one instance, in the specification's order.
class Instantiation {
public:
  Instantiation(Store& store, ModuleInstance& instance)
      : store_(store), instance_(instance), module_(*instance.module), layout_(module_),
        constants_(instance) {}

  Result<void> allocate(const BoundImports& imports) {
    std::ranges::copy(imports.functions, instance_.functions);
    std::ranges::copy(imports.tables, instance_.tables);
    std::ranges::copy(imports.memories, instance_.memories);
    std::ranges::copy(imports.globals, instance_.globals);
    make_functions();
    if (auto ok = make_memories(); !ok) return ok;
    make_globals();
    if (auto ok = make_tables(); !ok) return ok;
    make_segments();
    return {};
  }

  Result<void> initialise() {
    for (size_t i = 0; i < module_.elem_segments.size(); ++i)
      if (auto ok = initialise_table(module_.elem_segments[i]); !ok) return ok;
    for (size_t i = 0; i < module_.data_segments.size(); ++i)
      if (auto ok = initialise_memory(module_.data_segments[i], instance_.data_segments[i]); !ok) return ok;
    return module_.has_start ? start() : Result<void>{};
  }

private:
  void make_functions() {
    auto* own = at<FuncInstance>(instance_, layout_.own_functions);
    const size_t imported = module_.imported_functions;
    for (size_t i = 0; i + imported < module_.functions.size(); ++i) {
      auto* func = new (own + i) FuncInstance{};
      make_function(*func, i);
      instance_.functions[imported + i] = func;
    }
  }

  void make_function(FuncInstance& func, size_t defined_index) {
    const auto index = static_cast<uint32_t>(module_.imported_functions + defined_index);
    const CanonicalType& type = module_.func_type(index);
    func.kind = ObjectKind::func;
    func.type_id = type.id();
    func.instance = &instance_;
    func.stub = store_.engine->handlers->lazy_stub;
    func.code = reinterpret_cast<const std::byte*>(&func.stub);
    func.func_index = index;
    func.params_slots = static_cast<uint16_t>(type.params().slots());
    func.results_slots = static_cast<uint16_t>(type.results().slots());
    func.link_offset = std::max(func.params_slots, func.results_slots) * 8u;
    if (const Code* code = module_.code.find(defined_index)) {
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
    return {};
  }

  void make_globals() {
    auto* own = at<GlobalInstance>(instance_, layout_.own_globals);
    for (size_t i = module_.imported_globals; i < module_.globals.size(); ++i) {
      auto* global = new (own++) GlobalInstance{};
      global->type = module_.globals[i].type;
      global->store = &store_;
      const SlotPair value = constants_.evaluate(module_.globals[i].init);
      global->value[0] = value.lo, global->value[1] = value.hi;
      instance_.globals[i] = global;
    }
  }

  Result<void> make_tables() {
    for (size_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
      const ConstExpr& init = module_.tables[i].init;
      auto table =
          allocate_table(store_, module_.tables[i].type, init.size == 0 ? 0 : constants_.evaluate(init).lo);
      if (!table) return fail(std::move(table.error()));
      instance_.tables[i] = *table;
    }
    return {};
  }

  void make_segments() {
    for (size_t i = 0; i < module_.elem_segments.size(); ++i)
      if (module_.elem_segments[i].mode == SegmentMode::passive)
        instance_.elem_segments[i] = evaluate(module_.elem_segments[i]);
    for (size_t i = 0; i < module_.data_segments.size(); ++i) {
      const DataSegment& segment = module_.data_segments[i];
      instance_.data_segments[i] = {module_.bytes.data() + segment.bytes_offset, segment.bytes_size};
    }
  }

  ElemInstance evaluate(const ElemSegment& segment) {
    ElemInstance elements;
    elements.refs.reserve(segment.count); // at most the bytes of `items`
    ByteReader reader(module_.range(segment.items.offset, segment.items.size));
    for (uint32_t i = 0; i < segment.count; ++i)
      elements.refs.push_back(segment.is_expressions
                                  ? constants_.evaluate(reader).lo
                                  : reinterpret_cast<uintptr_t>(instance_.functions[reader.leb_u32()]));
    return elements;
  }

  Result<void> initialise_table(const ElemSegment& segment) {
    if (segment.mode != SegmentMode::active) return {};
    const uint64_t offset = constants_.evaluate(segment.offset).lo;
    return check(table_init(*instance_.tables[segment.table], evaluate(segment), offset, 0, segment.count));
  }

  Result<void> initialise_memory(const DataSegment& segment, DataInstance& data) {
    if (segment.mode != SegmentMode::active) return {};
    const uint64_t offset = constants_.evaluate(segment.offset).lo;
    const ErrorCode trap = memory_init(*instance_.memories[segment.memory], data, offset, 0, data.size);
    data_drop(data);
    return check(trap);
  }

  /// A trap, and time: initialising may take long.
  Result<void> check(ErrorCode trap) {
    if (trap != ErrorCode::none) return fail(Error::trap(trap));
    if (auto error = check_interrupt(store_)) return fail(std::move(*error));
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
  ConstEvaluator constants_;
};

} // namespace

namespace {

/// Steps that fail before the instance exists leave nothing behind.
Result<ModuleInstance*> allocate_instance(Store& store, const std::shared_ptr<const Module>& module,
                                          const BoundImports& imports) {
  if (auto ok = ensure_stack(store); !ok) return fail(std::move(ok.error()));
  Rollback rollback(store);
  auto block = allocate_block(store, module);
  if (!block) return fail(std::move(block.error()));
  ModuleInstance& instance = **block;
  instance.stack_limit = store.stack.limit();
  if (auto ok = Instantiation(store, instance).allocate(imports); !ok) return fail(std::move(ok.error()));
  rollback.keep();
  store.instances.push_back(std::move(*block));
  ++store.usage.instances;
  return &instance;
}

} // namespace

Result<ModuleInstance*> instantiate(Store& store, const std::shared_ptr<const Module>& module,
                                    const BoundImports& imports) {
  auto instance = allocate_instance(store, module, imports);
  if (!instance) return instance;
  if (auto ok = Instantiation(store, **instance).initialise(); !ok) return fail(std::move(ok.error()));
  return instance;
}

Result<ModuleInstance*> instantiate(Store& store, const Image& image, const BoundImports& imports) {
  auto instance = allocate_instance(store, image.module, imports);
  if (!instance) return instance;
  if (auto ok = restore(**instance, image); !ok) return fail(std::move(ok.error()));
  return instance;
}

Error take_error(Store& store) {
  Error error = store.error ? std::move(*store.error)
                            : Error(ErrorKind::host, ErrorCode::host_failed,
                                    "a host function failed without saying why");
  store.error.reset();
  return error;
}

} // namespace skerry::vm
