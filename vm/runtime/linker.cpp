#include "vm/runtime/linker.hpp"

#include "skerry/printable.hpp"
#include "vm/base/limit_error.hpp"
#include "vm/base/near_names.hpp"
#include "vm/code/handler_table.hpp"
#include "vm/module/module_info.hpp"
#include "vm/runtime/import_matching.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

template <class... F> struct Overloaded : F... {
  using F::operator()...;
};
template <class... F> Overloaded(F...) -> Overloaded<F...>; // clang before 17 does not deduce it

ExternType type_of_definition(const Definition& definition) {
  return std::visit(
      Overloaded{
          [](const std::shared_ptr<const HostFunc>& host) -> ExternType { return func_type_of(*host->type); },
          [](FuncInstance* func) -> ExternType { return extern_type(*func); },
          [](TableInstance* table) -> ExternType { return table_type(*table); },
          [](MemoryInstance* memory) -> ExternType { return memory_type(*memory); },
          [](GlobalInstance* global) -> ExternType { return global->type; },
      },
      definition);
}

/// The store that the definition belongs to; null for a host function, which belongs to no store.
const Store* owner(const Definition& definition) {
  return std::visit(Overloaded{
                        [](const std::shared_ptr<const HostFunc>&) -> const Store* { return nullptr; },
                        [](FuncInstance* func) -> const Store* { return &store_of(*func); },
                        [](auto* item) -> const Store* { return item->store; },
                    },
                    definition);
}

/// Replaces a function without a definition under UnknownImports::trap. Under UnknownImports::return_zeros,
/// replaces a function with a result type that has no default value.
bool call_of_unknown_import(void* context, Caller& caller, uint64_t*) {
  return caller.fail(
      Error::trap(ErrorCode::unknown_import).with_detail(": " + *static_cast<std::string*>(context)));
}

/// Replaces other functions without a definition under UnknownImports::return_zeros.
bool return_zeros(void* context, Caller&, uint64_t* values) {
  std::fill_n(values, *static_cast<size_t*>(context), uint64_t{0});
  return true;
}

/// Binds the imports of a module one after another and collects the problems for one error message.
class ImportBinder {
public:
  ImportBinder(const Linker& linker, Store& store, const Module& module)
      : linker_(linker), store_(store), module_(module), meter_(work_meter(store)) {}

  /// Binds all imports. A missing definition or a wrong type does not end the work; all such problems are
  /// collected for one message. Any other error ends the work at once.
  Result<BoundImports> run() {
    for (const Import& import : module_.imports) {
      constexpr uint32_t units = 8; // the work of finding a name
      if (!meter_.spend(units)) return fail(meter_.take_error());
      bind(import);
      if (error_) return fail(std::move(*error_));
    }
    return finish();
  }

private:
  static constexpr uint32_t listed_problems = 100;

  void bind(const Import& import) {
    const Defined* defined = linker_.find(import);
    if (defined == nullptr)
      bind_unknown(import);
    else if (const Store* store = owner(defined->first); store != nullptr && store != &store_)
      foreign(import);
    else if (!bind_one_of(import, *defined))
      incompatible(import, defined->first);
  }

  /// Binds the first of the definitions that has the import's type.
  bool bind_one_of(const Import& import, const Defined& defined) {
    const auto bind_to = [&](const auto& item) { return bind_item(import, item); };
    return std::visit(bind_to, defined.first) || std::ranges::any_of(defined.overloads, bind_to);
  }

  Result<BoundImports> finish() {
    if (problems_ == 0) return std::move(bound_);
    if (problems_ > listed_problems)
      message_ += "; and " + std::to_string(problems_ - listed_problems) + " more";
    return fail(Error(ErrorKind::unlinkable, ErrorCode::none, std::move(message_)));
  }

  bool bind_func(const Import& import, TypeId have) const {
    return import.kind == ExternKind::func &&
           store_.engine->types.is_subtype(have, module_.func_type_id(import.index));
  }
  bool bind_item(const Import& import, const std::shared_ptr<const HostFunc>& host) {
    if (!bind_func(import, host->type->id())) return false;
    bound_.functions.push_back(host_func_instance(store_, host));
    return true;
  }
  bool bind_item(const Import& import, FuncInstance* func) {
    if (!bind_func(import, func->type_id())) return false;
    bound_.functions.push_back(func);
    return true;
  }
  bool bind_item(const Import& import, TableInstance* table) {
    if (import.kind != ExternKind::table) return false;
    const TableType& want = module_.tables[import.index].type;
    if (!matches(store_.engine->types, table_type(*table), want)) return false;
    bound_.tables.push_back(table);
    return true;
  }
  bool bind_item(const Import& import, MemoryInstance* memory) {
    if (import.kind != ExternKind::memory) return false;
    if (!matches(memory_type(*memory), module_.memories[import.index])) return false;
    bound_.memories.push_back(memory);
    return true;
  }
  bool bind_item(const Import& import, GlobalInstance* global) {
    if (import.kind != ExternKind::global) return false;
    const GlobalType& want = module_.globals[import.index].type;
    if (!matches(store_.engine->types, global->type, want)) return false;
    bound_.globals.push_back(global);
    return true;
  }

  void bind_unknown(const Import& import) {
    if (import.kind != ExternKind::func || linker_.unknown_imports == UnknownImports::error)
      return problem([&] {
        return "unknown import: " + name_of(import) + ": " + to_string(type_of(import)) +
               (problems_ <= most_suggestions ? linker_.suggestion(import) : "");
      });
    const uint64_t bytes = stand_in_bytes(import);
    if (store_.take_budget(bytes))
      bound_.functions.push_back(host_func_instance(store_, stand_in(import)));
    else
      error_ = limit_error("budget_bytes", *store_.budget, bytes);
  }

  /// The bytes that a replacement for an undefined function takes until the store is destroyed: the function,
  /// its instance, and two copies of its names.
  static uint64_t stand_in_bytes(const Import& import) {
    constexpr uint64_t blocks = 256; // overhead of the allocator and of Store::host_func_of
    return sizeof(HostFunc) + sizeof(HostFuncInstance) + blocks +
           2 * (import.module.size() + import.name.size());
  }

  std::shared_ptr<const HostFunc> stand_in(const Import& import) const {
    const CanonicalType& type = module_.func_type(import.index);
    const bool has_zeros = type.results().all_defaultable();
    auto host = std::make_shared<HostFunc>();
    host->type = store_.engine->types.hold(type);
    host->module = import.module;
    host->name = import.name;
    if (linker_.unknown_imports == UnknownImports::return_zeros && has_zeros) {
      host->native = return_zeros;
      host->context = std::make_shared<size_t>(type.results().slots());
    } else {
      host->native = call_of_unknown_import;
      host->context = std::make_shared<std::string>(name_of(import));
    }
    return host;
  }

  void incompatible(const Import& import, const Definition& have) {
    problem([&] {
      return "incompatible import type: " + name_of(import) + ": expected " + to_string(type_of(import)) +
             ", got " + to_string(type_of_definition(have));
    });
  }
  ExternType type_of(const Import& import) const { return extern_type(module_, import.kind, import.index); }
  /// Adds a problem to the message. After the first 100, only counts them.
  template <class F> void problem(F&& text) {
    if (problems_++ >= listed_problems) return;
    message_ += (message_.empty() ? "" : "; ") + text();
  }
  void foreign(const Import& import) {
    error_ = Error(ErrorKind::usage, ErrorCode::none,
                   "the import " + name_of(import) + " is defined by an object of another store");
  }
  static std::string name_of(const Import& import) {
    return in_quotes(import.module) + " " + in_quotes(import.name);
  }

  const Linker& linker_;
  Store& store_;
  const Module& module_;
  WorkMeter meter_;
  BoundImports bound_;
  std::optional<Error> error_;
  std::string message_;
  uint32_t problems_ = 0;
};

} // namespace

const Defined* Linker::find(const Import& import) const {
  const auto found = definitions.find(ImportNameView(import.module, import.name));
  return found == definitions.end() ? nullptr : &found->second;
}

std::string Linker::suggestion(const Import& import) const {
  NearNames names(import.name), modules(import.module);
  bool has_module = false;
  for (const auto& [name, definition] : definitions) {
    if (name.module == import.module) names.offer(name.name);
    if (name.name == import.name) modules.offer(name.module);
    has_module |= name.module == import.module;
  }
  return has_module ? names.text() : modules.text();
}

void Linker::define(std::string_view module, std::string_view name, Definition definition) {
  definitions.insert_or_assign(ImportName{std::string(module), std::string(name)},
                               Defined{std::move(definition), {}});
}

bool Linker::define_overload(std::shared_ptr<const HostFunc> overload) {
  const auto found = definitions.find(ImportNameView(overload->module, overload->name));
  if (found == definitions.end()) return false;
  found->second.overloads.push_back(std::move(overload));
  return true;
}

Result<BoundImports> bind_imports(const Linker& linker, Store& store, const Module& module) {
  return ImportBinder(linker, store, module).run();
}

Result<std::shared_ptr<HostFunc>> make_host_func(TypeRegistry& types, const FuncType& type,
                                                 NativeHostFunc native, std::shared_ptr<void> context) {
  auto interned = types.intern(type);
  if (!interned) return fail(std::move(interned.error()));
  auto host = std::make_shared<HostFunc>();
  host->type = std::move(*interned);
  host->native = native;
  host->context = std::move(context);
  return host;
}

FuncInstance* host_func_instance(Store& store, const std::shared_ptr<const HostFunc>& host) {
  HostFuncInstance*& known = store.host_func_of[host.get()];
  if (known != nullptr) return known;
  auto func = std::make_unique<HostFuncInstance>(host->type->id());
  func->code = reinterpret_cast<const std::byte*>(&func->stub);
  func->func_index = static_cast<uint32_t>(store.host_funcs.size());
  func->params_slots = static_cast<uint16_t>(host->type->params().slots());
  func->results_slots = static_cast<uint16_t>(host->type->results().slots());
  func->store = &store;
  func->host = host;
  store.host_funcs.push_back(std::move(func));
  return known = store.host_funcs.back().get();
}

ExternType extern_type(const FuncInstance& func) { return func_type_of(type_of(func)); }

TableType table_type(const TableInstance& table) {
  TableType type = table.type;
  type.limits.min = table.size;
  return type;
}

MemoryType memory_type(const MemoryInstance& memory) {
  MemoryType type = memory.type;
  type.limits.min = memory.byte_size / 65'536;
  return type;
}

} // namespace skerry::vm
