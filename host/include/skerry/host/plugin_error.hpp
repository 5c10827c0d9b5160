// What the plugin host reports when something fails: typed, complete, printable as one line of JSON.
#pragma once

#include "skerry/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

/// What was being done. Manifest errors belong to `read`.
enum class Phase : uint8_t { read, decode, validate, link, instantiate, init, call, reload };
/// "read", "decode", …
std::string_view phase_name(Phase phase) noexcept;

/// What went wrong: see plugin_error_codes.def, and docs/errors.md for people.
enum class PluginErrorCode : uint8_t {
  none,
#define SKERRY_PLUGIN_ERROR(name, ...) name,
#include "skerry/host/plugin_error_codes.def"
#undef SKERRY_PLUGIN_ERROR
};
inline constexpr size_t plugin_error_codes = 1
#define SKERRY_PLUGIN_ERROR(...) +1
#include "skerry/host/plugin_error_codes.def"
#undef SKERRY_PLUGIN_ERROR
    ;
/// "timeout", "trap.unreachable", …: stable. Empty for `none`.
std::string_view code_text(PluginErrorCode code) noexcept;
/// Whether the same request may succeed a little later.
bool may_retry(PluginErrorCode code) noexcept;
enum class Blame : uint8_t { plugin, host, caller };
/// Only errors that the plugin is to blame for count for its breaker and against its version.
Blame blame(PluginErrorCode code) noexcept;
/// Compares the text, for programs that have it from elsewhere; others compare enumerators.
inline bool operator==(PluginErrorCode code, std::string_view text) noexcept {
  return code_text(code) == text;
}

/// The limit that was exceeded.
struct LimitReport {
  std::string name; ///< "memory", "table", "stack", "output", "module", "fuel", "time"
  std::string unit; ///< "bytes", "elements", "instructions", "ms"
  uint64_t allowed = 0;
  std::optional<uint64_t> asked; ///< unknown for limits that end a running call
  std::string key;               ///< what raises it: a manifest key such as "capabilities.maxMemoryMB"
};

/// Copyable and self-contained: holds no reference to the plugin. Codes are stable, see docs/errors.md.
struct PluginError {
  Phase phase = Phase::read;
  PluginErrorCode code = PluginErrorCode::none;
  std::string message; ///< one printable line for people (skerry/printable.hpp), whatever the plugin chose
  std::string plugin;  ///< name of the plugin; empty while it is not known
  /// For phase reload: phase and code of what failed in the step that `code` names; `none` when nothing did.
  Phase cause_phase = Phase::reload;
  PluginErrorCode cause = PluginErrorCode::none;
  std::optional<LimitReport> limit;
  std::vector<std::string> capabilities; ///< manifest keys that would have granted what was missing
  std::string manifest_path;             ///< where in the manifest, as a JSON path: "$.capabilities.timeout"
  std::optional<int32_t> exit_status;    ///< for "exit"
  std::optional<uint64_t> offset;        ///< byte offset in the module, for "malformed" and "invalid"
  std::optional<uint32_t> func_index;    ///< function of the module, for "invalid"
  std::optional<std::chrono::microseconds> elapsed; ///< how long the call had run
  std::vector<Frame> backtrace;                     ///< innermost first, for traps and exhaustion
};

/// What every fallible function of the plugin host returns.
template <class T> using Expected = std::expected<T, PluginError>;

/// The HTTP status with which `skerry plugin serve` answers.
int http_status(const PluginError& error) noexcept;
/// `{"error":{"phase":…,"code":…,"message":…,…}}` on one line, without a newline; absent parts are left out.
std::string to_json(const PluginError& error);
/// Phase, code, message, what would help, and the backtrace, over several lines, for a terminal.
std::string describe(const PluginError& error);

} // namespace skerry::host
