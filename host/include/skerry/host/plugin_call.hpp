// PluginCall: a call of a plugin that can suspend and resume.
#pragma once

#include "skerry/host/plugin.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

namespace skerry::host {

/// Made by Plugin::begin. It stops when the instructions it was given are used up, and when a host function
/// is not ready (Caller::not_ready, of functions from ManagerOptions::imports); however often that happens,
/// its result is that of Plugin::call, and so are its errors.
///
/// It has one of the plugin's instances until it ends, and the time it rests counts: its deadline passes
/// whether it runs or not. Neither an unload nor a reload waits for a call that rests. After an unload it can
/// only fail, with code "unloaded"; after a reload it continues in the version in which it began.
///
/// One thread at a time, not always the same one. Movable; what was moved from can only be assigned to and
/// destroyed. Keeps the plugin's handle.
class PluginCall {
public:
  enum class State : uint8_t {
    finished,    ///< the result is there
    out_of_fuel, ///< the instructions given to `run` are used up: run it again
    not_ready,   ///< run it again when the host function may be ready: it is called again
  };
  static constexpr uint64_t unlimited = std::numeric_limits<uint64_t>::max();

  PluginCall(PluginCall&&) noexcept;
  PluginCall& operator=(PluginCall&&) noexcept;
  /// A call that has not ended is given up; the plugin's metrics count it as failed with code "cancelled".
  ~PluginCall();

  /// Begins or resumes the call, for at most about `instructions` (at least one; what a single
  /// instruction or host function needs is not cut). The manifest's fuel is the limit for all of them
  /// together. A call that fails has ended. Errors: as of Plugin::call; "usage" when it has ended.
  [[nodiscard]] Expected<State> run(uint64_t instructions = unlimited);
  /// What the guest's `execute` returned, byte for byte, once the call has finished; before that, empty.
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
