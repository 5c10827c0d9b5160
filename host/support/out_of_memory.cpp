#include "host/support/out_of_memory.hpp"

namespace skerry::host {

PluginError out_of_memory_error(std::string_view plugin, Phase phase, std::string_view doing) noexcept {
  PluginError error;
  error.phase = phase;
  error.code = PluginErrorCode::limit_process;
  error.message = "out of memory"; // short enough that std::string allocates nothing
  unless_out_of_memory(
      [&] {
        std::string message = Error::out_of_memory(doing).message();
        error.plugin = plugin;
        error.message = std::move(message);
      },
      [] {});
  return error;
}

} // namespace skerry::host
