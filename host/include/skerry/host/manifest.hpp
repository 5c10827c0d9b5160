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
  bool operator==(const PoolConfig&) const = default;
};

struct BreakerConfig {
  uint32_t threshold = 5;
  std::chrono::milliseconds reset_timeout{30'000};
  bool operator==(const BreakerConfig&) const = default;
};

/// How a version of the plugin is replaced by another; see docs/hot-reload.md.
struct ReloadConfig {
  bool watch = false;                           ///< reload when the module or the manifest file changes
  std::chrono::milliseconds settle{300};        ///< how long the files must have been left alone before
  std::string canary;                           ///< JSON text of a test request; empty when there is none
  uint32_t keep = 3;                            ///< versions that are kept for a rollback
  std::optional<double> rollback_on_error_rate; ///< of the calls since the swap; above 0, up to 1
  std::chrono::milliseconds rollback_window{60'000}; ///< after the swap, in which the rate counts
  uint32_t rollback_min_calls = 20;                  ///< fewer calls say nothing
  uint32_t max_state_kb = 1024;                      ///< of what `save_state` returns
  std::chrono::milliseconds state_timeout{500};      ///< for `save_state` and `restore_state` together
  uint64_t max_state_bytes() const noexcept { return uint64_t{max_state_kb} << 10; }
  bool operator==(const ReloadConfig&) const = default;
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
  bool operator==(const Manifest&) const = default;
};

/// Relative paths in the manifest are relative to `folder`. Every key is checked: unknown or doubled keys,
/// wrong types and values out of range are errors with their JSON path. Errors: phase read, code "manifest".
[[nodiscard]] Expected<Manifest> parse_manifest(std::string_view text,
                                                const std::filesystem::path& folder = ".");
/// Reads at most 1 MiB. Errors: as parse_manifest, and code "io".
[[nodiscard]] Expected<Manifest> read_manifest(const std::filesystem::path& file);

} // namespace skerry::host
