// Module::from_file and Module::from_text.
#include "skerry/module.hpp"
#include "skerry/out_of_memory.hpp"
#include "skerry/printable.hpp"
#include "skerry/wat.hpp"
#include "vm/base/address.hpp"
#include "vm/base/limit_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace skerry {

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

Unexpected<Error> system_problem(const std::string& path) {
  const std::error_code reason(errno, std::generic_category());
  return fail(Error(ErrorKind::io, ErrorCode::none, printable(path) + ": " + reason.message()));
}

/// Reads a file to its end. Refuses it as soon as more than `limit` bytes have been read.
Result<std::vector<std::byte>> read_file(const std::string& path, uint64_t limit) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return system_problem(path);
  std::vector<std::byte> bytes;
  size_t used = 0;
  do {
    bytes.resize(vm::to_size(std::min<uint64_t>(used + std::max<size_t>(used, 64 << 10), limit + 1)));
    used += std::fread(bytes.data() + used, 1, bytes.size() - used, file.get());
    if (std::ferror(file.get()) != 0) return system_problem(path);
    if (used > limit) return fail(vm::limit_error("module_bytes", used, limit).with_detail(": " + path));
  } while (std::feof(file.get()) == 0);
  bytes.resize(used);
  return bytes;
}

} // namespace

Result<Module> Module::from_text(const Engine& engine, std::string_view text, const CompileOptions& options) {
  return catching_out_of_memory("compiling a module", [&]() -> Result<Module> {
    const wat::ToBinaryOptions binary_options = {.limits = engine.config().module_limits,
                                                 .deadline = options.deadline,
                                                 .max_bytes = options.max_bytes};
    auto bytes = wat::to_binary(text, binary_options);
    if (!bytes) return fail(std::move(bytes.error()));
    auto module = compile(engine, std::move(*bytes), options);
    if (!module) return fail(wat::locate(text, module.error(), binary_options));
    return module;
  });
}

Result<Module> Module::from_file(const Engine& engine, const std::string& path,
                                 const CompileOptions& options) {
  return catching_out_of_memory("compiling a module", [&]() -> Result<Module> {
    auto bytes = read_file(path, engine.config().module_limits.module_bytes);
    if (!bytes) return fail(std::move(bytes.error()));
    if (!wat::is_text(*bytes)) return compile(engine, std::move(*bytes), options);
    return from_text(engine, {reinterpret_cast<const char*>(bytes->data()), bytes->size()}, options);
  });
}

} // namespace skerry
