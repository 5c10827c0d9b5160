// A plugin's manifest: its name and module, what it may do, and its resource limits. See docs/plugins.md.
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

/// The state of the guest in which a call starts.
enum class StateMode : uint8_t {
  fresh, ///< every call starts in the state after `init`
  keep,  ///< a call starts in the state that the previous call in the same instance left
};

/// How many instances a plugin may have, and how many callers may wait for an instance and how long.
struct PoolConfig {
  uint32_t size = 1;                        ///< maximum number of instances
  std::chrono::milliseconds max_wait{1000}; ///< how long a caller waits for an instance
  uint32_t max_waiting = 1000;              ///< callers that may wait at the same time; more are refused
  StateMode state = StateMode::fresh;
  bool operator==(const PoolConfig&) const = default;
};

/// The circuit breaker: after `threshold` failed calls in a row, calls are refused for `reset_timeout`. Then
/// one call tries the plugin again.
struct BreakerConfig {
  uint32_t threshold = 5;
  std::chrono::milliseconds reset_timeout{30'000};
  bool operator==(const BreakerConfig&) const = default;
};

/// How a version of the plugin is replaced by the next one. See docs/hot-reload.md.
struct ReloadConfig {
  bool watch = false;                           ///< reload when the module file or the manifest file changes
  std::chrono::milliseconds settle{300};        ///< how long the files must be unchanged before a reload
  std::string canary;                           ///< JSON text of a test request; empty if there is none
  uint32_t keep = 3;                            ///< number of old versions kept for a rollback
  std::optional<double> rollback_on_error_rate; ///< error rate that triggers a rollback; above 0, up to 1
  std::chrono::milliseconds rollback_window{60'000}; ///< the error rate is measured this long after the swap
  uint32_t rollback_min_calls = 20;                  ///< with fewer calls, the error rate is ignored
  uint32_t max_state_kb = 1024;                      ///< maximum size of what `save_state` returns
  std::chrono::milliseconds state_timeout{500};      ///< total time for `save_state` and `restore_state`
  /// max_state_kb in bytes.
  uint64_t max_state_bytes() const noexcept { return uint64_t{max_state_kb} << 10; }
  bool operator==(const ReloadConfig&) const = default;
};

/// A checked manifest. Members not given in the JSON have the defaults shown here.
struct Manifest {
  PluginMeta meta;
  std::filesystem::path wasm_path;
  std::string hash; ///< XXH3-128 that the module must have: 32 lower-case hex digits; empty: any module
  std::chrono::milliseconds timeout{1000}; ///< per call, including the wait for an instance
  std::optional<uint64_t> fuel;            ///< instructions per call
  Capabilities capabilities;
  std::string init = "{}";                                  ///< JSON text that the guest's `init` receives
  std::optional<std::map<std::string, std::string>> config; ///< values that the guest reads with `config_get`
  PoolConfig pool;
  std::optional<BreakerConfig> breaker;
  ReloadConfig reload;
  bool operator==(const Manifest&) const = default;
};

/// Parses and checks a manifest. Relative paths in the manifest start at `folder`. Unknown or duplicate keys,
/// wrong types and values out of range are errors; the error names the JSON path. Errors: phase read, code
/// "manifest". Thread-safe.
[[nodiscard]] Expected<Manifest> parse_manifest(std::string_view text,
                                                const std::filesystem::path& folder = ".");
/// Reads and parses a manifest file of at most 1 MiB. Relative paths in the manifest start at the file's
/// folder. Errors: those of parse_manifest, and codes "io" and "limit.manifest". Thread-safe.
[[nodiscard]] Expected<Manifest> read_manifest(const std::filesystem::path& file);

} // namespace skerry::host
