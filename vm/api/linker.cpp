#include "skerry/linker.hpp"

#include "skerry/out_of_memory.hpp"
#include "skerry/printable.hpp"
#include "vm/api/values.hpp"
#include "vm/module/module_info.hpp"
#include "vm/runtime/instantiate.hpp"
#include "vm/runtime/linker.hpp"

#include <algorithm>

namespace skerry {

namespace {

/// Runs `define`. If it fails, stores the error, and Linker::instantiate fails with that error.
template <class F> void try_to_define(vm::Linker& linker, F&& define) {
  if (auto done = catching_out_of_memory("defining an import", std::forward<F>(define)); !done)
    linker.error = std::move(done.error());
}

Result<std::shared_ptr<const vm::HostFunc>> make_named(const vm::Linker& linker, std::string_view module,
                                                       std::string_view name, const FuncType& type,
                                                       NativeHostFunc function,
                                                       std::shared_ptr<void> context) {
  auto host = vm::make_host_func(linker.engine.data()->types, type, function, std::move(context));
  if (!host) return fail(std::move(host.error()));
  (*host)->module = module;
  (*host)->name = name;
  return std::shared_ptr<const vm::HostFunc>(std::move(*host));
}

} // namespace

Linker::Linker(const Engine& engine) : data_(std::make_unique<vm::Linker>(engine)) {}
Linker::Linker(Linker&&) noexcept = default;
Linker& Linker::operator=(Linker&&) noexcept = default;
Linker::~Linker() = default;

void Linker::define_native(std::string_view module, std::string_view name, FuncType type,
                           NativeHostFunc function, std::shared_ptr<void> context) {
  try_to_define(*data_, [&]() -> Result<void> {
    auto host = make_named(*data_, module, name, type, function, std::move(context));
    if (!host) return fail(std::move(host.error()));
    data_->define(module, name, std::move(*host));
    return {};
  });
}

void Linker::define_native_overload(std::string_view module, std::string_view name, FuncType type,
                                    NativeHostFunc function, std::shared_ptr<void> context) {
  if (data_->error) return; // the name may be missing because its definition failed
  try_to_define(*data_, [&]() -> Result<void> {
    auto host = make_named(*data_, module, name, type, function, std::move(context));
    if (!host) return fail(std::move(host.error()));
    if (data_->define_overload(std::move(*host))) return {};
    return fail(usage_error("an overload of " + in_quotes(module) + " " + in_quotes(name) +
                            ", which is not defined"));
  });
}

void Linker::define(std::string_view module, std::string_view name, const Extern& item) {
  try_to_define(*data_, [&]() -> Result<void> {
    const bool is_empty = std::visit([](const auto& handle) { return handle.data() == nullptr; }, item);
    if (is_empty)
      return fail(usage_error("an empty handle was defined as " + in_quotes(module) + " " + in_quotes(name)));
    std::visit([&](const auto& handle) { data_->define(module, name, handle.data()); }, item);
    return {};
  });
}

void Linker::define_instance(std::string_view module, const Instance& instance) {
  try_to_define(*data_, [&]() -> Result<void> {
    if (instance.data() == nullptr)
      return fail(usage_error("an empty instance was defined as " + in_quotes(module)));
    for (const vm::Export& item : instance.data()->module->exports)
      if (const auto value = instance.get_export(item.name)) define(module, item.name, *value);
    return {};
  });
}

void Linker::set_unknown_imports(UnknownImports what) noexcept { data_->unknown_imports = what; }

const Error* Linker::error() const noexcept { return data_->error ? &*data_->error : nullptr; }

std::vector<MissingImport> Linker::missing(const Module& module, size_t most) const {
  std::vector<MissingImport> missing;
  const vm::Module& decoded = *module.data()->module;
  for (const vm::Import& import : decoded.imports) {
    if (missing.size() == most) break;
    if (data_->find(import) == nullptr)
      missing.push_back({std::string(import.module), std::string(import.name),
                         vm::extern_type(decoded, import.kind, import.index),
                         missing.size() < vm::most_suggestions ? data_->suggestion(import) : ""});
  }
  return missing;
}

size_t Linker::count_missing(const Module& module) const noexcept {
  return static_cast<size_t>(
      std::ranges::count_if(module.data()->module->imports,
                            [this](const vm::Import& import) { return data_->find(import) == nullptr; }));
}

namespace {

/// Instantiates `from`: a std::shared_ptr<const vm::CompiledModule> or a vm::Image.
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
  return catching_out_of_memory("instantiating a module", [&] {
    return instantiate_from(*data_, store, *module.data()->module, module.data());
  });
}

Result<Instance> Linker::instantiate(Store& store, const Image& image) const {
  return catching_out_of_memory("instantiating an image", [&] {
    return instantiate_from(*data_, store, *image.data()->module->module, *image.data());
  });
}

} // namespace skerry
