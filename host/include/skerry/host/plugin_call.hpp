// PluginCall: a call of a plugin that can suspend and resume.
#pragma once

#include "skerry/host/plugin.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

namespace skerry::host {

/// A call that Plugin::begin has begun. `run` suspends the call when the given number of instructions has
/// run, or when a host function from ManagerOptions::imports is not ready (Caller::not_ready). The next `run`
/// calls that host function again. However often the call is suspended, its result and errors equal those of
/// Plugin::call.
///
/// The call holds one of the plugin's instances until it ends. The time for which the call is suspended
/// counts toward its timeout. Neither an unload nor a reload waits for a suspended call. After an unload the
/// call can only fail, with code "unloaded"; after a reload it continues in the version in which it began.
///
/// Not thread-safe, but each run may be on a different thread. A moved-from call can only be assigned to or
/// destroyed. The call holds a handle of the plugin, so the plugin outlives it.
class PluginCall {
public:
  /// How a run ended.
  enum class State : uint8_t {
    finished,    ///< the result is available
    out_of_fuel, ///< the instructions given to `run` are used up; call `run` again
    not_ready,   ///< a host function is not ready; call `run` again when the function may be ready
  };
  /// No limit for one run; the manifest's fuel still applies.
  static constexpr uint64_t unlimited = std::numeric_limits<uint64_t>::max();

  PluginCall(PluginCall&&) noexcept;
  PluginCall& operator=(PluginCall&&) noexcept;
  /// Abandons a call that has not ended; the plugin's metrics count it as failed with code "cancelled".
  ~PluginCall();

  /// Starts or resumes the call, and suspends it after about `instructions` instructions. At least one
  /// instruction runs. The call is never suspended inside an instruction or a host function, even if the
  /// instruction or function costs more fuel than `instructions`. The manifest's fuel limits all runs
  /// together. After an error the call has ended. Errors: those of Plugin::call; "usage" if the call has
  /// already ended.
  [[nodiscard]] Expected<State> run(uint64_t instructions = unlimited);
  /// The bytes that the guest's `execute` returned, unchanged. Empty until the call has finished.
  const std::string& result() const noexcept;

private:
  friend class Plugin;
  struct Impl;
  [[nodiscard]] static Expected<PluginCall> begin(std::shared_ptr<Plugin> plugin, std::string input,
                                                  const CallOptions& options);
  explicit PluginCall(std::unique_ptr<Impl> impl) noexcept;

  std::unique_ptr<Impl> impl_;
};

} // namespace skerry::host
