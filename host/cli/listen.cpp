#include "host/cli/listen.hpp"

#include "host/cli/output.hpp"
#include "host/platform/sockets.hpp"

#include <optional>
#include <utility>

namespace skerry::host::cli {

namespace {

struct HostPort {
  std::string host, port;
};

std::optional<HostPort> split(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  HostPort made{text.substr(0, colon), text.substr(colon + 1)};
  const bool is_v6 = made.host.starts_with('[') && made.host.ends_with(']') && made.host.size() > 2;
  if (is_v6) made.host = made.host.substr(1, made.host.size() - 2);
  if (!is_v6 && made.host.find_first_of(":[]") != text.npos) return std::nullopt;
  if (made.host.empty()) made.host = "127.0.0.1";
  const bool is_number = !made.port.empty() && made.port.size() <= 5 &&
                         made.port.find_first_not_of("0123456789") == text.npos &&
                         std::stoul(made.port) <= UINT16_MAX;
  return is_number ? std::optional(made) : std::nullopt;
}

} // namespace

Result<OwnedFd> listen_on(const std::string& address) {
  const auto parts = split(address);
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
