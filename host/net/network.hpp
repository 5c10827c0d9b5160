// Network access for plugins. host/net/curl implements it with libcurl; host/net/no_client replaces this
// implementation in builds with SKERRY_WITH_HTTP_CLIENT=OFF, and always fails. Internal.
#pragma once

#include "host/net/patience.hpp"
#include "host/net/resolver.hpp"
#include "skerry/host/capability.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::host {

enum class NetworkStatus : uint8_t {
  ok,
  denied,      ///< not covered by the allow-list, or the address is private
  failed,      ///< the name has no address, or the response is invalid
  unreachable, ///< the connection was not made, or broke
  too_large,
  timeout,
  bad_request, ///< the method, URL or a header is not allowed
};

struct HttpRequest {
  std::string method = "GET", url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};
struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// Returns why this build cannot connect to other hosts; empty if it can. If it cannot, every function of
/// Network returns `failed`.
std::string_view why_no_network() noexcept;

/// Connects to other hosts, as far as the grants allow. Before a name is resolved, the name and the port are
/// checked against the allow-list. Each name is resolved once (host/net/resolver.hpp). Before each
/// connection, the resolved address is checked against the private ranges, so a guest gains nothing from a
/// name that resolves first to a public and later to a private address. Proxies in the environment are
/// ignored. Every function ends when its Patience is over, but with SKERRY_RESOLVER=system not during a
/// lookup. Thread-safe.
class Network {
public:
  using Clock = Patience::Clock;
  /// `unix_socket`: the path of a socket to which all requests go, whatever host their URLs name. Empty:
  /// none.
  explicit Network(const Capabilities& capabilities, NameServers name_servers = {},
                   std::string unix_socket = {})
      : capabilities_(capabilities), name_servers_(std::move(name_servers)),
        unix_socket_(std::move(unix_socket)) {}

  /// Tries to open a TCP connection.
  NetworkStatus dial(std::string_view host, uint16_t port, Patience patience) const;
  /// Sends a request and follows up to five redirects, each checked like a new request. The headers and
  /// bodies of all these responses together may not exceed max_http_response_kb.
  NetworkStatus http(const HttpRequest& asked, HttpResponse& response, Patience patience) const;

private:
  [[maybe_unused]] const Capabilities& capabilities_; // unused if no_client implements this class
  NameServers name_servers_;
  std::string unix_socket_;
};

/// True for addresses outside the public network: private, loopback, link-local (where clouds serve their
/// metadata), multicast and others. An IPv4 address inside an IPv6 address is checked as well. `bytes` has 4
/// or 16 bytes in network order.
bool is_private_address(std::string_view bytes);

} // namespace skerry::host
