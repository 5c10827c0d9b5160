#include "skerry/linker.hpp"

#include "vm/api/values.hpp"
#include "vm/module/module_info.hpp"
#include "vm/runtime/instantiate.hpp"
#include "vm/runtime/linker.hpp"

namespace skerry {

Linker::Linker(const Engine& engine) : data_(std::make_unique<vm::Linker>(engine)) {}
Linker::Linker(Linker&&) noexcept = default;
Linker& Linker::operator=(Linker&&) noexcept = default;
Linker::~Linker() = default;

void Linker::define_native(std::string_view module, std::string_view name, FuncType type,
                           NativeHostFunc function, std::shared_ptr<void> context) {
  auto interned = data_->engine.data()->types.intern(type);
  if (!interned) {
    data_->error = std::move(interned.error());
    return;
  }
  auto host = std::make_shared<vm::HostFunc>();
  host->native = function;
  host->context = std::move(context);
  host->type = std::move(*interned);
  host->module = module;
  host->name = name;
  data_->define(module, name, std::shared_ptr<const vm::HostFunc>(std::move(host)));
}

void Linker::define(std::string_view module, std::string_view name, const Extern& item) {
  std::visit(
      [&](const auto& handle) {
        if (handle.data() == nullptr)
          data_->error =
              usage_error("an empty handle was defined as " + std::string(module) + "." + std::string(name));
        else
          data_->define(module, name, handle.data());
      },
      item);
}

void Linker::define_instance(std::string_view module, const Instance& instance) {
  if (instance.data() == nullptr) {
    data_->error = usage_error("an empty instance was defined as " + std::string(module));
    return;
  }
  for (const vm::Export& item : instance.data()->module->exports)
    if (const auto value = instance.get_export(item.name)) define(module, item.name, *value);
}

void Linker::set_unknown_imports(UnknownImports what) noexcept { data_->unknown_imports = what; }

std::vector<MissingImport> Linker::missing(const Module& module) const {
  std::vector<MissingImport> missing;
  for (const vm::Import& import : module.data()->imports)
    if (data_->find(import) == nullptr)
      missing.push_back({std::string(import.module), std::string(import.name),
                         vm::extern_type(*module.data(), import.kind, import.index)});
  return missing;
}

namespace {

/// `from`: a std::shared_ptr<const vm::Module>, or a vm::Image.
template <class From>
Result<Instance> instantiate_from(const vm::Linker& linker, Store& store, const vm::Module& module,
                                  const From& from) {
  if (linker.error) return fail(*linker.error);
  vm::Store& in = *store.data();
  if (in.engine != linker.engine.data() || in.engine != module.engine)
    return fail(usage_error("linker, store and module must be of the same engine"));
  auto imports = vm::bind_imports(linker, in, module);
  if (!imports) return fail(std::move(imports.error()));
  auto instance = vm::instantiate(in, from, *imports);
  if (!instance) return fail(std::move(instance.error()));
  return Instance(*instance);
}

} // namespace

Result<Instance> Linker::instantiate(Store& store, const Module& module) const {
  return instantiate_from(*data_, store, *module.data(), module.data());
}

Result<Instance> Linker::instantiate(Store& store, const Image& image) const {
  return instantiate_from(*data_, store, *image.data()->module, *image.data());
}

} // namespace skerry
