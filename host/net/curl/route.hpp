// Route: the addresses to which libcurl may connect for a URL. Internal.
#pragma once

#include "host/net/curl/handles.hpp"
#include "host/net/network.hpp"

#include <cstdint>
#include <string>

namespace skerry::host {

/// The scheme, host and port of a URL.
struct Target {
  std::string scheme;
  std::string host; ///< a name, an IPv4 address, or an IPv6 address in brackets
  uint16_t port = 0;
  bool operator==(const Target&) const = default;
};

/// The addresses of a target.
struct Route {
  NetworkStatus status =
      NetworkStatus::ok; ///< failed: the name has no address; timeout: the patience is over
  /// The value for CURLOPT_RESOLVE: one line, which gives libcurl the addresses for every name that it looks
  /// up. So libcurl never resolves a name itself, which could block past the deadline. Empty if the target's
  /// host is an address.
  List addresses;
};

/// Resolves the name of `target`, unless its host is an address. Throws std::bad_alloc. Thread-safe.
Route find_route(const Target& target, Patience& patience, const NameServers& servers);

} // namespace skerry::host
