// The limits and the counters of the HTTP server. Internal.
#pragma once

#include "host/server/http/request_reader.hpp"

#include <chrono>
#include <cstdint>

namespace skerry::host::server {

/// How many connections operators have on their own listener.
inline constexpr uint32_t reserved_connections = 128;

struct HttpOptions {
  ReaderLimits reader;
  std::chrono::milliseconds head_timeout{10'000}; ///< from the first byte of a request to the end of its head
  std::chrono::milliseconds request_timeout{10'000}; ///< for a whole request, and again for its response
  std::chrono::milliseconds idle_timeout{60'000};    ///< for the first byte of a request
  uint32_t max_connections = 16'384;
  uint32_t max_connections_per_address = 2'048;  ///< an IPv6 network with 64 bits counts as one address
  uint64_t max_held_bytes = uint64_t{256} << 20; ///< of heads and bodies, of all clients together
};

/// Counters for the metrics.
struct HttpCounts {
  uint32_t connections = 0; ///< open now
  uint64_t accepted = 0;
  uint64_t refused = 0; ///< because of a limit on connections
  uint64_t evicted = 0; ///< connections that were closed to make room: idle ones, and those of slow clients
  uint64_t held_bytes = 0;
};

} // namespace skerry::host::server
