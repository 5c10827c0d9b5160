#include "host/guest/load_code.hpp"

#include "host/guest/import_need.hpp"
#include "host/net/network.hpp"
#include "host/support/callback.hpp"
#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "host/support/file_bytes.hpp"
#include "host/support/hash.hpp"
#include "skerry/printable.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace skerry::host {

namespace {

constexpr uint64_t page_bytes = 65'536;

Unexpected<PluginError> read_error(const Manifest& manifest, uint64_t limit, const FileProblem& problem) {
  auto error =
      make_error(manifest, Phase::read,
                 problem.too_large ? PluginErrorCode::limit_module : PluginErrorCode::io, problem.message);
  if (problem.too_large)
    error.limit = LimitReport{"module", "bytes", limit, problem.size, "ManagerOptions::max_module_bytes"};
  return fail(std::move(error));
}

/// Describes a missing import, such as "wasi_snapshot_preview1.fd_write function (i32, …) -> (i32)", and
/// names the manifest keys that would grant the import.
std::string missing_text(const MissingImport& import) {
  std::string text = printable(import.module) + "." + printable(import.name) + " " + to_string(import.type);
  std::string keys;
  for (const std::string& key : import_need(import.module, import.name).capabilities) {
    keys += (keys.empty() ? "" : " and ") + key;
  }
  if (!import.suggestion.empty()) return text + import.suggestion;
  return text + (keys.empty() ? " (no capability grants it)" : " (" + keys + " would grant it)");
}

void add_new(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const std::string& item : more) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
  }
}

/// Lists all missing imports in one error, up to a limit.
Expected<void> check_imports(const PluginCode& code) {
  constexpr size_t most_listed = 1000;
  const size_t count = code.linker.count_missing(code.module);
  if (count == 0) return {};
  auto error = make_error(code.manifest, Phase::link, PluginErrorCode::unlinkable, "");
  error.message = std::to_string(count) + (count == 1 ? " import is" : " imports are") + " missing";
  std::string_view separator = ": ";
  for (const MissingImport& import : code.linker.missing(code.module, most_listed)) {
    if (error.message.size() < longest_printed_message)
      error.message.append(separator).append(missing_text(import));
    add_new(error.capabilities, import_need(import.module, import.name).capabilities);
    separator = "; ";
  }
  error.message = printable(error.message, longest_printed_message);
  return fail(std::move(error));
}

/// Refuses a capability that this build does not have. This function checks manifests that the embedder
/// made in C++; for manifests in JSON, parse_manifest has already made the same check.
Expected<void> check_capabilities(const Manifest& manifest) {
  if (!manifest.capabilities.allow_network || why_no_network().empty()) return {};
  constexpr std::string_view path = "$.capabilities.allowNetwork";
  auto error = make_error(manifest, Phase::read, PluginErrorCode::manifest,
                          std::string(path) + ": " + std::string(why_no_network()));
  error.manifest_path = path;
  return fail(std::move(error));
}

/// Lets the embedder define host functions.
Expected<void> define_imports(PluginCode& code) {
  if (!code.services.imports) return {};
  return unless_thrown(
      [&]() -> Expected<void> {
        code.services.imports(code.linker, code.manifest);
        return {};
      },
      [&](const std::string& text) -> Expected<void> {
        return fail(code.manifest, Phase::link, PluginErrorCode::callback,
                    "ManagerOptions::imports threw an exception: " + text);
      });
}

/// Checks, before an instance is made, that the initial sizes of the module's memories together are within
/// the manifest's limit.
Expected<void> check_memory(const Manifest& manifest, const Module& module) {
  uint64_t asked = 0;
  for (uint32_t i = 0; auto type = module.memory(i); ++i) {
    asked += std::min(type->limits.min, uint64_t{1} << 40) * page_bytes;
  }
  uint64_t allowed = manifest.capabilities.max_memory_bytes();
  if (asked <= allowed) return {};
  auto error = make_error(manifest, Phase::instantiate, PluginErrorCode::limit_memory,
                          "the module starts with " + std::to_string(asked) + " bytes of memory, " +
                              std::to_string(allowed) + " are allowed; capabilities.maxMemoryMB raises it");
  error.limit = LimitReport{"memory", "bytes", allowed, asked, "capabilities.maxMemoryMB"};
  return fail(std::move(error));
}

/// How many bytes are taken from the plugin's budget for each byte of the module. They pay for the copy of
/// the module, for its decoded tables, and for its threaded code, which is about twice as large as its wasm
/// code.
constexpr uint64_t code_bytes_per_module_byte = 4;

Expected<Module> compile(const Engine& engine, const Manifest& manifest, std::vector<std::byte> bytes,
                         uint64_t max_bytes, std::chrono::milliseconds timeout) {
  const auto start = std::chrono::steady_clock::now();
  auto module =
      Module::compile(engine, std::move(bytes), {.deadline = start + timeout, .max_bytes = max_bytes});
  if (module) return std::move(*module);
  const auto elapsed = std::chrono::steady_clock::now() - start;
  if (module.error().code() != ErrorCode::deadline_exceeded)
    return fail(engine_error(manifest, Phase::decode, module.error()));
  auto error =
      make_error(manifest, Phase::decode, PluginErrorCode::timeout,
                 "deadline exceeded: the module was not loaded within " + std::to_string(timeout.count()) +
                     " ms; ManagerOptions::load_timeout allows more");
  error.limit = LimitReport{"time", "ms", static_cast<uint64_t>(timeout.count()), std::nullopt,
                            "ManagerOptions::load_timeout"};
  error.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(elapsed);
  return fail(std::move(error));
}

} // namespace

Expected<ModuleFile> read_module(const Manifest& manifest, uint64_t max_module_bytes) {
  auto bytes = read_file(manifest.wasm_path, max_module_bytes);
  if (!bytes) return read_error(manifest, max_module_bytes, bytes.error());
  if (bytes->empty())
    return fail(make_error(manifest, Phase::read, PluginErrorCode::io, empty_file(manifest.wasm_path)));
  std::string hash = xxh3_128(*bytes);
  return ModuleFile{std::move(*bytes), std::move(hash)};
}

Expected<void> check_pin(const Manifest& manifest, const ModuleFile& file) {
  if (manifest.hash.empty() || manifest.hash == file.hash) return {};
  return fail(manifest, Phase::read, PluginErrorCode::hash,
              printable(manifest.wasm_path.string()) + " has hash xxh3-128:" + file.hash +
                  ", the manifest pins xxh3-128:" + manifest.hash);
}

Expected<std::unique_ptr<const PluginCode>> load_code(const Engine& engine, const Manifest& manifest,
                                                      std::vector<std::byte> bytes, PluginServices services,
                                                      std::chrono::milliseconds timeout) {
  if (auto ok = check_capabilities(manifest); !ok) return fail(std::move(ok.error()));
  const uint64_t code_bytes = bytes.size() * code_bytes_per_module_byte;
  BudgetShare share(services.budget, code_bytes);
  if (!share)
    return fail(
        budget_error(manifest, Phase::decode, *services.budget, "the module's code needs", code_bytes));
  auto module = compile(engine, manifest, std::move(bytes), code_bytes, timeout);
  if (!module) return fail(std::move(module.error()));
  auto code =
      std::make_unique<PluginCode>(manifest, std::move(*module), std::move(services), std::move(share));
  if (auto ok = define_imports(*code); !ok) return fail(std::move(ok.error()));
  if (const Error* error = code->linker.error()) return fail(engine_error(manifest, Phase::link, *error));
  if (auto ok = check_imports(*code); !ok) return fail(std::move(ok.error()));
  auto abi = find_abi(code->module, manifest);
  if (!abi) return fail(std::move(abi.error()));
  code->abi = std::move(*abi);
  if (auto ok = check_memory(manifest, code->module); !ok) return fail(std::move(ok.error()));
  return code;
}

} // namespace skerry::host
