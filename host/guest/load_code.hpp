// From a module file to code that can be instantiated; everything that can be refused without running it.
// Internal.
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

/// The bytes of a module file, read once, and their hash.
struct ModuleFile {
  std::vector<std::byte> bytes;
  std::string hash;
};
/// Errors: phase read, codes "io" (also when the file changes meanwhile) and "limit.module".
[[nodiscard]] Expected<ModuleFile> read_module(const Manifest& manifest, uint64_t max_module_bytes);
/// Compares the file with the hash that the manifest pins. Errors: phase read, code "hash".
[[nodiscard]] Expected<void> check_pin(const Manifest& manifest, const ModuleFile& file);
/// Compiles the bytes, and checks what the module imports, exports and asks for. Refuses a module whose code
/// would not fit the plugin's budget before it decodes it. Errors: also code "timeout", when decoding and
/// validating take longer than `timeout`.
[[nodiscard]] Expected<std::unique_ptr<const PluginCode>>
load_code(const Engine& engine, const Manifest& manifest, std::vector<std::byte> bytes,
          PluginServices services, std::chrono::milliseconds timeout);

} // namespace skerry::host
