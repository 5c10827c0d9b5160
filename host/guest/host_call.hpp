// HostCall: the state that a host function works with during one call. Internal.
#pragma once

#include "host/guest/call_state.hpp"
#include "host/guest/plugin_services.hpp"
#include "skerry/caller.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/host_meter.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace skerry::host {

/// One call of a host function. The functions below return spans and texts in the guest's memory, which are
/// valid until the guest runs again.
struct HostCall {
  Caller& caller;
  const Manifest& manifest;
  const PluginServices& services;
  HostMeter meter;

  CallState& state() const { return *CallState::of(caller); }
  const Capabilities& capabilities() const { return manifest.capabilities; }

  /// Returns the guest's bytes at this address, or nothing if they lie outside its memory.
  std::optional<std::span<std::byte>> bytes_at(uint32_t address, uint32_t length) const;
  std::optional<std::string_view> text_at(uint32_t address, uint32_t length) const;
  /// Like text_at, but if the text lies outside the memory, sets meter.stop to a trap, which ends the guest's
  /// call.
  std::optional<std::string_view> text_or_trap(uint32_t address, uint32_t length);
  /// Copies as much of `value` as fits into the guest's buffer, which has `capacity` bytes at address `out`.
  /// Returns the full length of `value`, or an error number from host_error.hpp.
  int32_t give_text(std::string_view value, uint32_t out, uint32_t capacity);
};

} // namespace skerry::host
