// Network addresses: their text, and their bytes. Internal.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::platform {

/// Returns the canonical spelling of an IPv4 address such as "10.0.0.7", or of an IPv6 address such as "::1".
/// IPv4 addresses inside IPv6 addresses keep their form, "::ffff:10.0.0.7". Returns nothing if `text` is not
/// an address. Thread-safe.
std::optional<std::string> canonical_address(const std::string& text);

/// Returns the bytes of an IPv4 or IPv6 address, 4 or 16 in network order. Returns nothing for other kinds
/// of addresses. `address` points to a sockaddr of the system, and the result points into this sockaddr.
/// Thread-safe.
std::string_view address_bytes(const void* address) noexcept;

/// Returns the text of an IPv4 or IPv6 address, without its port and its zone; empty for other kinds of
/// addresses. `address` points to a sockaddr of the system. Thread-safe.
std::string address_text(const void* address);

/// Asks the system's resolver for the addresses of a name, and returns their texts in the order in which they
/// are to be tried. Returns nothing if the name has no address or the resolver fails. The system decides how
/// long the call takes: 10 s and more if no name server answers. Thread-safe.
std::vector<std::string> addresses_of_name(const std::string& name);

} // namespace skerry::platform
