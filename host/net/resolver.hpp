// Finds the addresses of a name. host/net/ares implements it with c-ares; host/net/system_resolver implements
// it with the system's resolver, in builds with SKERRY_RESOLVER=system. Internal.
#pragma once

#include "host/net/patience.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace skerry::host {

/// The name servers to ask.
struct NameServers {
  /// A list such as "127.0.0.1:5353,[::1]:53". Empty: those of the system's configuration. Only tests name
  /// servers; the system's resolver ignores the list.
  std::string list;
};

/// The most addresses of a name that are used. A name server can send thousands; connecting to all of them
/// would let it choose how many connections the host tries.
inline constexpr size_t most_addresses = 32;

/// Returns the texts of up to most_addresses IPv4 and IPv6 addresses of `name`, in the order in which they
/// are to be tried. Returns nothing if the name has no address, if no name server answers, or once `patience`
/// is over. Reads the system's file of hosts first. With c-ares, the lookup ends when `patience` is over, and
/// after 30 s. The system's resolver decides by itself how long it takes. Throws std::bad_alloc. Thread-safe.
std::vector<std::string> addresses_of(const std::string& name, Patience& patience,
                                      const NameServers& servers);

} // namespace skerry::host
