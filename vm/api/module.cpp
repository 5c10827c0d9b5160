#include "skerry/module.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/module/binary_decoder.hpp"
#include "vm/runtime/names.hpp"
#include "vm/validate/module_validator.hpp"

namespace skerry {

namespace {

std::string_view text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<Module> compile(const Engine& engine, std::span<const std::byte> bytes) {
  const uint64_t allowed = engine.config().module_limits.module_bytes;
  if (bytes.size() > allowed)
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded,
                      "module_bytes limit exceeded: " + std::to_string(bytes.size()) + " bytes, " +
                          std::to_string(allowed) + " allowed"));
  auto module = vm::decode_module(engine.data(), std::vector(bytes.begin(), bytes.end()));
  if (!module) return fail(std::move(module.error()));
  if (auto valid = vm::validate_module(**module); !valid) return fail(std::move(valid.error()));
  return Module(std::move(*module));
}

} // namespace

Result<Module> Module::compile(const Engine& engine, std::span<const std::byte> bytes) {
  return catching_out_of_memory("compiling a module", [&] { return skerry::compile(engine, bytes); });
}

Result<void> Module::validate(const Engine& engine, std::span<const std::byte> bytes) {
  if (auto module = compile(engine, bytes); !module) return fail(std::move(module.error()));
  return {};
}

const std::vector<ImportInfo>& Module::imports() const { return data_->import_infos; }
const std::vector<ExportInfo>& Module::exports() const { return data_->export_infos; }
const ExportInfo* Module::find_export(std::string_view name) const { return vm::find_export(*data_, name); }
std::string_view Module::name() const { return data_->names.module; }

std::string_view Module::func_name(uint32_t func_index) const { return vm::func_name(*data_, func_index); }

std::vector<CustomSection> Module::custom_sections() const {
  std::vector<CustomSection> sections;
  for (const vm::CustomRange& range : data_->custom_sections)
    sections.push_back({text(data_->range(range.name_offset, range.name_size)),
                        data_->range(range.bytes_offset, range.bytes_size)});
  return sections;
}

std::optional<MemoryType> Module::memory(uint32_t index) const {
  if (index >= data_->memories.size()) return {};
  return data_->memories[index];
}

std::span<const std::byte> Module::bytes() const noexcept { return data_->bytes; }
Engine Module::engine() const noexcept { return Engine(data_->engine); }

} // namespace skerry
