#include "skerry/module.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/base/limit_error.hpp"
#include "vm/code/compiled_module.hpp"
#include "vm/module/binary_decoder.hpp"
#include "vm/module/module_info.hpp"
#include "vm/module/resolve.hpp"
#include "vm/runtime/names.hpp"
#include "vm/validate/module_validator.hpp"

namespace skerry {

namespace {

std::string_view text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ExportInfo export_info(const vm::Module& module, const vm::Export& item) {
  return {std::string(item.name), vm::extern_type(module, item.kind, item.index), item.index};
}

Result<void> check_size(const Engine& engine, uint64_t size) {
  const uint64_t allowed = engine.config().module_limits.module_bytes;
  if (size <= allowed) return {};
  return fail(vm::limit_error("module_bytes", size, allowed));
}

Result<void> check_budget(uint64_t size, uint64_t allowed) {
  constexpr uint64_t bytes_per_byte = 4;
  if (size <= allowed / bytes_per_byte) return {};
  const uint64_t asked = size * bytes_per_byte;
  return fail(vm::max_bytes_error("compiling a module of " + std::to_string(size) + " bytes may take " +
                                      std::to_string(asked) + " bytes of memory, " + std::to_string(allowed) +
                                      " allowed (CompileOptions::max_bytes)",
                                  asked, allowed));
}

/// Adds the name of the function that the error is about.
Error with_name(Error error, const vm::Module& module) {
  if (error.func_index() < module.functions.size())
    error.with_func(error.func_index(), std::string(vm::func_name(module, error.func_index())));
  return error;
}

Result<std::shared_ptr<vm::Module>> load(const Engine& engine, vm::ModuleBytes bytes,
                                         const CompileOptions& options) {
  if (auto ok = check_size(engine, bytes.all().size()); !ok) return fail(std::move(ok.error()));
  if (auto ok = check_budget(bytes.all().size(), options.max_bytes); !ok) return fail(std::move(ok.error()));
  vm::LoadWatch watch(options, engine.config(), engine.data()->work_budget);
  auto module = vm::decode_module(engine.data(), std::move(bytes), watch);
  if (!module) return module;
  if (auto done = vm::resolve_module(**module, watch); !done) return fail(std::move(done.error()));
  if (auto valid = vm::validate_module(**module, watch); !valid)
    return fail(with_name(valid.error(), **module));
  return module;
}

Result<Module> compile(const Engine& engine, std::vector<std::byte>&& bytes, const CompileOptions& options) {
  auto module = load(engine, vm::ModuleBytes(std::move(bytes)), options);
  if (!module) return fail(std::move(module.error()));
  return Module(std::make_shared<const vm::CompiledModule>(std::move(*module)));
}

} // namespace

Result<Module> Module::compile(const Engine& engine, ByteView bytes, const CompileOptions& options) {
  return catching_out_of_memory("compiling a module", [&]() -> Result<Module> {
    if (auto ok = check_size(engine, bytes.size()); !ok) return fail(std::move(ok.error()));
    return skerry::compile(engine, std::vector(bytes.data(), bytes.data() + bytes.size()), options);
  });
}

Result<Module> Module::compile(const Engine& engine, std::vector<std::byte>&& bytes,
                               const CompileOptions& options) {
  return catching_out_of_memory("compiling a module",
                                [&] { return skerry::compile(engine, std::move(bytes), options); });
}

Result<void> Module::validate(const Engine& engine, ByteView bytes, const CompileOptions& options) {
  auto module = catching_out_of_memory("validating a module",
                                       [&] { return load(engine, vm::ModuleBytes(bytes), options); });
  if (!module) return fail(std::move(module.error()));
  return {};
}

template <> size_t ImportList::size() const { return module_->imports.size(); }
template <> size_t ExportList::size() const { return module_->exports.size(); }
template <> ImportInfo ImportList::operator[](size_t index) const {
  const vm::Import& import = module_->imports[index];
  return {std::string(import.module), std::string(import.name),
          vm::extern_type(*module_, import.kind, import.index)};
}
template <> ExportInfo ExportList::operator[](size_t index) const {
  return export_info(*module_, module_->exports[index]);
}

template <> size_t CustomSectionList::size() const { return module_->custom_sections.size(); }
template <> CustomSection CustomSectionList::operator[](size_t index) const {
  const vm::CustomRange& range = module_->custom_sections[index];
  return {text(module_->range(range.name_offset, range.name_size)),
          module_->range(range.bytes_offset, range.bytes_size)};
}

ImportList Module::imports() const { return ImportList(*data_->module); }
ExportList Module::exports() const { return ExportList(*data_->module); }
CustomSectionList Module::custom_sections() const { return CustomSectionList(*data_->module); }

std::optional<ExportInfo> Module::find_export(std::string_view name) const {
  const vm::Export* item = vm::find_export(*data_->module, name);
  return item == nullptr ? std::nullopt : std::optional(export_info(*data_->module, *item));
}
std::string_view Module::name() const { return data_->module->names.module; }

std::string_view Module::func_name(uint32_t func_index) const {
  return vm::func_name(*data_->module, func_index);
}

std::optional<MemoryType> Module::memory(uint32_t index) const {
  if (index >= data_->module->memories.size()) return {};
  return data_->module->memories[index];
}

std::span<const std::byte> Module::bytes() const noexcept { return data_->module->bytes; }
Engine Module::engine() const noexcept { return Engine(data_->module->engine); }

} // namespace skerry
