#include "host/cli/load.hpp"

#include "host/file_bytes.hpp"

namespace skerry::host::cli {

Result<std::vector<std::byte>> read_module_bytes(const Engine& engine, const std::string& file) {
  auto bytes = read_file(file, engine.config().module_limits.module_bytes);
  if (bytes) return std::move(*bytes);
  if (bytes.error().too_large)
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded, bytes.error().message));
  return fail(Error(ErrorKind::io, ErrorCode::none, bytes.error().message));
}

Result<Module> load_module(const Engine& engine, const std::string& file) {
  auto bytes = read_module_bytes(engine, file);
  if (!bytes) return fail(std::move(bytes.error()));
  return Module::compile(engine, *bytes);
}

} // namespace skerry::host::cli
