// A host and a port in one text. Internal.
#pragma once

#include <optional>
#include <string>

namespace skerry::host {

struct HostPort {
  std::string host; ///< without brackets
  std::string port; ///< a decimal number of at most 65535
};

/// Parses "HOST:PORT", "[V6]:PORT" or ":PORT" (on the loopback address). Returns nothing for other forms.
/// Thread-safe.
std::optional<HostPort> parse_host_port(const std::string& text);

} // namespace skerry::host
