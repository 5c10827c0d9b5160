// Network addresses: their text, and their bytes. Internal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skerry::platform {

/// Returns the canonical spelling of an IPv4 address such as "10.0.0.7", or of an IPv6 address such as "::1".
/// IPv4 addresses inside IPv6 addresses keep their form, "::ffff:10.0.0.7". Returns nothing if `text` is not
/// an address. Thread-safe.
std::optional<std::string> canonical_address(const std::string& text);

/// Returns the bytes of an IPv4 or IPv6 address, 4 or 16 in network order. Returns nothing for other kinds
/// of addresses. `address` points to a sockaddr of the system, and the result points into this sockaddr.
/// Thread-safe.
std::string_view address_bytes(const void* address) noexcept;

} // namespace skerry::platform
