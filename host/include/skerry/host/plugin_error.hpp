// Errors of the plugin host: typed, complete, and printable as one line of JSON.
#pragma once

#include "skerry/error.hpp"
#include "skerry/expected.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

/// What the host was doing when the error occurred. Manifest errors belong to `read`.
enum class Phase : uint8_t { read, decode, validate, link, instantiate, init, call, reload };
/// Returns the phase's name: "read", "decode", … Thread-safe, as are all functions of this header.
std::string_view phase_name(Phase phase) noexcept;

/// What went wrong. See plugin_error_codes.def, and docs/errors.md for causes and remedies.
enum class PluginErrorCode : uint8_t {
  none,
#define SKERRY_PLUGIN_ERROR(name, ...) name,
#include "skerry/host/plugin_error_codes.def"
#undef SKERRY_PLUGIN_ERROR
};
/// The number of codes, `none` included.
inline constexpr size_t plugin_error_codes = 1
#define SKERRY_PLUGIN_ERROR(...) +1
#include "skerry/host/plugin_error_codes.def"
#undef SKERRY_PLUGIN_ERROR
    ;
/// Returns the code's stable text: "timeout", "trap.unreachable", … Empty for `none`.
std::string_view code_text(PluginErrorCode code) noexcept;
/// True if the same request may succeed a little later.
bool may_retry(PluginErrorCode code) noexcept;
/// The party whose fault an error is.
enum class Blame : uint8_t { plugin, host, caller };
/// Returns the party whose fault the error is. Only errors blamed on the plugin count as failures for the
/// circuit breaker and for the error rate after a reload, and make the host remember a version as bad.
Blame blame(PluginErrorCode code) noexcept;
/// Compares the code's text with `text`, for programs that got the text from elsewhere, for example from
/// JSON. Other programs should compare enumerators.
inline bool operator==(PluginErrorCode code, std::string_view text) noexcept {
  return code_text(code) == text;
}

/// The limit that was exceeded.
struct LimitReport {
  /// The limit's name: "memory", "table", "stack", "heap", "total", "output", "state", "module", "fuel",
  /// "hostCalls", "time", "wait", "waiting" or "instances".
  std::string name;
  std::string unit; ///< "bytes", "elements", "instructions", "calls", "instances", "ms"
  uint64_t allowed = 0;
  std::optional<uint64_t> asked; ///< the requested amount; absent for limits that stop a running call
  std::string key; ///< what raises the limit: a manifest key such as "capabilities.maxMemoryMB", or an
                   ///< option of the host
};

/// An error. Copyable and self-contained: it holds no reference to the plugin. Its code and the text of the
/// code are stable; see docs/errors.md.
struct PluginError {
  Phase phase = Phase::read;
  PluginErrorCode code = PluginErrorCode::none;
  std::string message; ///< one printable line for people, even if the plugin chose the text
  std::string plugin;  ///< name of the plugin; empty if it is not known yet
  /// Only in errors of phase reload: the phase and code of the underlying error, which occurred in the step
  /// that `code` names. `cause` is `none` if there is no underlying error.
  Phase cause_phase = Phase::reload;
  PluginErrorCode cause = PluginErrorCode::none;
  std::optional<LimitReport> limit;
  std::vector<std::string> capabilities; ///< manifest keys that would grant what was missing
  std::string manifest_path;             ///< JSON path in the manifest: "$.capabilities.env[0]"
  std::optional<int32_t> exit_status;    ///< for "exit"
  std::optional<uint64_t> offset;        ///< byte offset in the module, for "malformed" and "invalid"
  std::optional<uint32_t> func_index;    ///< function index in the module, for "invalid"
  std::optional<std::chrono::microseconds> elapsed; ///< how long the call had been running
  std::vector<Frame> backtrace;                     ///< innermost frame first, for traps and exhaustion
};

/// The return type of every fallible function of the plugin host.
template <class T> using Expected = skerry::Expected<T, PluginError>;

/// Returns the HTTP status with which `skerry plugin serve` reports this error.
int http_status(const PluginError& error) noexcept;
/// Writes `{"error":{"phase":…,"code":…,"message":…,…}}` on one line, without a newline. Absent members are
/// left out.
std::string to_json(const PluginError& error);
/// Describes the error on several lines for a terminal: plugin, phase, code, cause, message and backtrace.
std::string describe(const PluginError& error);

} // namespace skerry::host
