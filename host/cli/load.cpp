#include "host/cli/load.hpp"

#include "host/cli/output.hpp"
#include "skerry/printable.hpp"
#include "skerry/wat.hpp"

#include <string_view>

namespace skerry::host::cli {

std::string_view text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

FileBytes read_input(const std::string& file, uint64_t limit) {
  return file == "-" ? read_standard_input(limit) : read_file(file, limit);
}

std::string shown_name(const std::string& file) {
  return file == "-" ? standard_input_name : printable(file);
}

Result<ModuleSource> read_module(const Engine& engine, const std::string& file, Deadline deadline) {
  auto bytes = read_input(file, engine.config().module_limits.module_bytes);
  if (bytes && !wat::is_text(*bytes)) return ModuleSource{std::move(*bytes), {}};
  if (bytes) {
    auto binary = wat::to_binary(text_of(*bytes), {.deadline = deadline});
    if (!binary) return fail(std::move(binary.error()));
    return ModuleSource{std::move(*binary), std::move(*bytes)};
  }
  if (bytes.error().too_large)
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded, bytes.error().message));
  return fail(Error(ErrorKind::io, ErrorCode::none, bytes.error().message));
}

Result<std::vector<std::byte>> read_module_bytes(const Engine& engine, const std::string& file,
                                                 Deadline deadline) {
  auto source = read_module(engine, file, deadline);
  if (!source) return fail(std::move(source.error()));
  return std::move(source->bytes);
}

Error locate(const ModuleSource& source, const Error& error) {
  return source.text.empty() ? error : wat::locate(text_of(source.text), error);
}

Result<Module> load_module(const Engine& engine, const std::string& file, Deadline deadline) {
  auto source = read_module(engine, file, deadline);
  if (!source) return fail(std::move(source.error()));
  auto module = Module::compile(engine, std::move(source->bytes), {.deadline = deadline});
  if (!module) return fail(locate(*source, module.error()));
  return module;
}

void complain_about(const std::string& file, const Error& error, Deadline deadline) {
  const std::string name = shown_name(file);
  const bool names_file = error.kind() == ErrorKind::io && error.message().starts_with(name);
  complain_in_lines(names_file ? error.message() : name + ": " + error.describe(), deadline);
}

} // namespace skerry::host::cli
