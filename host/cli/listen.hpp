// Sockets that listen, for guests.
#pragma once

#include "skerry/error.hpp"

#include <string>

namespace skerry::host::cli {

/// A listening TCP socket on "HOST:PORT", "[V6]:PORT" or ":PORT" (loopback); port 0 is any free one, and then
/// the choice is said on stderr. The caller closes it. Errors: usage for other texts, io.
Result<int> listen_on(const std::string& address);

} // namespace skerry::host::cli
