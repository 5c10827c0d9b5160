// How a line of a guest looks among the host's own lines. Internal.
#pragma once

#include "skerry/printable.hpp"

#include <string>
#include <string_view>

namespace skerry::host {

/// Returns "guest NAME: LEVEL: text" with control characters escaped. The host's own lines never begin with
/// "guest ", whatever a plugin is called.
inline std::string guest_line(std::string_view plugin, std::string_view level, std::string_view text) {
  std::string line = "guest ";
  line.append(printable(plugin)).append(": ").append(level).append(": ");
  line.append(printable(text, longest_printed_message));
  return line;
}

} // namespace skerry::host
