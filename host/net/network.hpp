// The network as plugins may use it. The one place that names libcurl is network.cpp. Internal.
#pragma once

#include "skerry/host/capability.hpp"
#include "skerry/host_meter.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::host {

enum class NetworkStatus : uint8_t {
  ok,
  denied,      ///< by the allow-list, or the address is private
  failed,      ///< the name has no address, or the peer's answer makes no sense
  unreachable, ///< no connection, or it broke
  too_large,
  timeout,
  bad_request, ///< method, URL or header that no request can have
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

/// Bounds a wait for the network: a point in time, or the deadline and interrupt of a guest's call.
class Patience {
public:
  using Clock = std::chrono::steady_clock;
  Patience(Clock::time_point deadline) noexcept : deadline_(deadline) {}
  Patience(HostMeter& meter) noexcept : deadline_(meter.watch.deadline), meter_(&meter) {}

  /// Looks at the meter's deadline and interrupt, too.
  bool is_over() { return Clock::now() >= deadline_ || (meter_ != nullptr && meter_->must_stop()); }
  /// The next wait may take so long: an interrupt must not go unnoticed.
  Clock::duration longest_wait() const;

private:
  Clock::time_point deadline_;
  HostMeter* meter_ = nullptr;
};

/// Every function here decides by the grants, for each connection anew: the name (and port) against the
/// allow-list before it is resolved, the address that is then really connected to against the private
/// ranges, so that a name cannot change its address in between. No proxy from the environment is used.
/// All end when the patience does. Thread-safe.
class Network {
public:
  using Clock = Patience::Clock;
  explicit Network(const Capabilities& capabilities) : capabilities_(capabilities) {}

  /// Tries to make a TCP connection.
  NetworkStatus dial(std::string_view host, uint16_t port, Patience patience) const;
  /// Follows up to five redirects, each decided like a request of its own. `response` counts its headers and
  /// body against the grants' limit.
  NetworkStatus http(const HttpRequest& asked, HttpResponse& response, Patience patience) const;

private:
  const Capabilities& capabilities_;
};

/// Private, loopback, link-local (which is where clouds keep their metadata), multicast, and other addresses
/// that are not on the public network; also when they are wrapped in IPv6. `bytes`: 4 or 16, in network
/// order.
bool is_private_address(std::string_view bytes);

} // namespace skerry::host
