// A plugin's manifest: what it is, where its module lies, what it may do and use. See docs/plugins.md.
#pragma once

#include "skerry/host/capability.hpp"
#include "skerry/host/plugin_error.hpp"
#include "skerry/host/plugin_types.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::host {

/// What a call finds of the calls before it.
enum class StateMode : uint8_t {
  fresh, ///< nothing: every call starts from the state after `init`
  keep,  ///< what the one before it left in that instance
};

struct PoolConfig {
  uint32_t size = 1;
  std::chrono::milliseconds max_wait{1000};
  uint32_t max_waiting = 1000; ///< callers that may wait at the same time
  StateMode state = StateMode::fresh;
};

struct BreakerConfig {
  uint32_t threshold = 5;
  std::chrono::milliseconds reset_timeout{30'000};
};

struct ReloadConfig {
  bool watch = false;
  std::chrono::milliseconds settle{300};
  std::string canary; ///< JSON text of a test request; empty when there is none
  std::optional<double> rollback_on_error_rate;
};

struct Manifest {
  PluginMeta meta;
  std::filesystem::path wasm_path;
  std::string hash; ///< 32 lower-case hex digits of XXH3-128, or empty
  std::chrono::milliseconds timeout{1000};
  std::optional<uint64_t> fuel; ///< instructions per call
  Capabilities capabilities;
  std::string init = "{}";                                  ///< JSON text for the guest's `init`
  std::optional<std::map<std::string, std::string>> config; ///< what the guest's `config_get` finds
  PoolConfig pool;
  std::optional<BreakerConfig> breaker;
  ReloadConfig reload;
};

/// Relative paths in the manifest are relative to `folder`. Every key is checked: unknown or doubled keys,
/// wrong types and values out of range are errors with their JSON path. Errors: phase read, code "manifest".
Expected<Manifest> parse_manifest(std::string_view text, const std::filesystem::path& folder = ".");
/// Reads at most 1 MiB. Errors: as parse_manifest, and code "io".
Expected<Manifest> read_manifest(const std::filesystem::path& file);

} // namespace skerry::host
