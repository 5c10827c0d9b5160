// Replaces host/net/curl in builds with SKERRY_WITH_HTTP_CLIENT=OFF.
#include "host/net/network.hpp"

namespace skerry::host {

std::string_view why_no_network() noexcept {
  return "this build has no HTTP client (SKERRY_WITH_HTTP_CLIENT=OFF)";
}

NetworkStatus Network::dial(std::string_view, uint16_t, Patience) const { return NetworkStatus::failed; }
NetworkStatus Network::http(const HttpRequest&, HttpResponse&, Patience) const {
  return NetworkStatus::failed;
}

} // namespace skerry::host
