#include "host/pool/inside.hpp"

#include "host/support/fail.hpp"

#include <string>

namespace skerry::host {

thread_local const Inside* Inside::innermost_ = nullptr;

template <class Is> bool Inside::any(const Is& is) noexcept {
  for (const Inside* one = innermost_; one != nullptr; one = one->outer_)
    if (is(one->plugin_)) return true;
  return false;
}

bool Inside::of(const LoadedPlugin& plugin) noexcept {
  return any([&](const LoadedPlugin& entered) { return &entered == &plugin; });
}

bool Inside::of(const PluginHost& host) noexcept {
  return any([&](const LoadedPlugin& entered) { return entered.host.get() == &host; });
}

Expected<void> Inside::refuse(const LoadedPlugin& plugin, Phase phase, std::string_view doing) {
  if (!of(plugin)) return {};
  return fail(make_error(plugin.name, phase, PluginErrorCode::reentrant,
                         "the plugin cannot be " + std::string(doing) +
                             " from inside its own call or reload, which would wait for itself"));
}

} // namespace skerry::host
