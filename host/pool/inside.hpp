// Inside: which plugins the calling thread is inside of. Internal.
#pragma once

#include "host/pool/loaded_plugin.hpp"

namespace skerry::host {

/// While it exists, the calling thread is inside the plugin: it waits for an instance, runs the guest, or
/// does a reload or rollback. The functions that wait for the plugin's calls and reloads to end ask `of`
/// first, because a thread that is inside the plugin would wait for itself. Must be destroyed on the thread
/// that made it, and in the reverse order of construction.
class Inside {
public:
  explicit Inside(const LoadedPlugin& plugin) noexcept : plugin_(plugin), outer_(innermost_) {
    innermost_ = this;
  }
  ~Inside() { innermost_ = outer_; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

  /// Returns whether the calling thread is inside the plugin.
  static bool of(const LoadedPlugin& plugin) noexcept;
  /// Returns whether the calling thread is inside any plugin of the host.
  static bool of(const PluginHost& host) noexcept;
  /// Returns the error of code "reentrant" if the calling thread is inside the plugin. `doing` is what it
  /// asked for, such as "unloaded".
  [[nodiscard]] static Expected<void> refuse(const LoadedPlugin& plugin, Phase phase, std::string_view doing);

private:
  template <class Is> static bool any(const Is& is) noexcept;

  const LoadedPlugin& plugin_;
  const Inside* const outer_;
  static thread_local const Inside* innermost_;
};

} // namespace skerry::host
