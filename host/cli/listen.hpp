// Listening sockets for guests.
#pragma once

#include "skerry/error.hpp"
#include "vm/platform/owned_fd.hpp"

#include <string>

namespace skerry::host::cli {

/// Opens a listening TCP socket on "HOST:PORT", "[V6]:PORT" or ":PORT" (loopback). For port 0 the system
/// chooses a free port, which is then printed on stderr. Errors: usage if `address` has another form; io.
Result<OwnedFd> listen_on(const std::string& address);

} // namespace skerry::host::cli
