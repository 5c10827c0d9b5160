// How functions of the host return errors. Internal.
#pragma once

#include "skerry/expected.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin_error.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace skerry::host {

/// Makes an error with only a plugin's name, a phase, a code and a message. `plugin` may be empty.
PluginError make_error(std::string_view plugin, Phase phase, PluginErrorCode code, std::string_view message);
inline PluginError make_error(const Manifest& manifest, Phase phase, PluginErrorCode code,
                              std::string_view message) {
  return make_error(manifest.meta.name, phase, code, message);
}

/// Returns an error from any function that returns a skerry::Expected: `return fail(error)`.
template <class E> [[nodiscard]] Unexpected<E> fail(E error) { return Unexpected<E>(std::move(error)); }
/// Returns an error of the manifest's plugin, made by make_error.
[[nodiscard]] inline Unexpected<PluginError> fail(const Manifest& manifest, Phase phase, PluginErrorCode code,
                                                  std::string_view message) {
  return fail(make_error(manifest, phase, code, message));
}

} // namespace skerry::host
