// What the plugin host reports when something fails: typed, complete, printable as one line of JSON.
#pragma once

#include "skerry/error.hpp"

#include <chrono>
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
  std::string code;    ///< "timeout", "fuel", "trap.unreachable", "limit.memory", "unlinkable", …
  std::string message; ///< one printable line for people (skerry/printable.hpp), whatever the plugin chose
  std::string plugin;  ///< name of the plugin; empty while it is not known
  /// For phase reload: phase and code of what failed in the step that `code` names; an empty code: nothing.
  Phase cause_phase = Phase::reload;
  std::string cause;
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

/// `{"error":{"phase":…,"code":…,"message":…,…}}` on one line, without a newline; absent parts are left out.
std::string to_json(const PluginError& error);
/// Phase, code, message, what would help, and the backtrace, over several lines, for a terminal.
std::string describe(const PluginError& error);

} // namespace skerry::host
