#include "host/support/fail.hpp"
#include "skerry/printable.hpp"

namespace skerry::host {

PluginError make_error(std::string_view plugin, Phase phase, PluginErrorCode code, std::string_view message) {
  PluginError error;
  error.phase = phase;
  error.code = code;
  error.message = printable(message, longest_printed_message);
  error.plugin = plugin;
  return error;
}

} // namespace skerry::host
