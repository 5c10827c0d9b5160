#include "host/cli/listen.hpp"

#include "host/cli/output.hpp"
#include "host/platform/sockets.hpp"
#include "host/support/host_port.hpp"

#include <utility>

namespace skerry::host::cli {

Result<OwnedFd> listen_on(const std::string& address) {
  const auto parts = parse_host_port(address);
  if (!parts) {
    return fail(
        Error(ErrorKind::usage, ErrorCode::none,
              "--listen: \"" + address + "\" is not an address such as 127.0.0.1:8080 or [::1]:8080"));
  }
  auto listener = platform::listen_on(parts->host, parts->port);
  if (!listener)
    return fail(
        Error(ErrorKind::io, ErrorCode::none, "cannot listen on " + address + ": " + listener.error()));
  if (parts->port == "0") complain("listening on port " + std::to_string(listener->port));
  return std::move(listener->socket);
}

} // namespace skerry::host::cli
