// Loads a module file and checks everything that can be checked without running the module. Internal.
#pragma once

#include "host/guest/plugin_code.hpp"
#include "skerry/engine.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin_error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace skerry::host {

/// The bytes of a module file and their hash. The file is read only once.
struct ModuleFile {
  std::vector<std::byte> bytes;
  std::string hash;
};
/// Reads and hashes the module file. Errors: phase read, code "io" if the file cannot be read or changes
/// while it is read, code "limit.module" if it is larger than `max_module_bytes`.
[[nodiscard]] Expected<ModuleFile> read_module(const Manifest& manifest, uint64_t max_module_bytes);
/// Compares the file's hash with the one that the manifest pins. Errors: phase read, code "hash".
[[nodiscard]] Expected<void> check_pin(const Manifest& manifest, const ModuleFile& file);
/// Compiles the bytes and checks the module's imports, exports and initial memory sizes. A module whose code
/// would not fit the plugin's budget is refused before it is decoded. Errors: the phase and code of the check
/// that failed; "timeout" if decoding and validating take longer than `timeout`.
[[nodiscard]] Expected<std::unique_ptr<const PluginCode>>
load_code(const Engine& engine, const Manifest& manifest, std::vector<std::byte> bytes,
          PluginServices services, std::chrono::milliseconds timeout);

} // namespace skerry::host
