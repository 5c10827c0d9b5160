// Listening sockets for guests.
#pragma once

#include "skerry/error.hpp"
#include "vm/base/owned_fd.hpp"

#include <string>

namespace skerry::host::cli {

/// Opens a listening TCP socket on "HOST:PORT", "[V6]:PORT" or ":PORT" (loopback). Port 0 picks any free port
/// and prints it on stderr. Errors: usage for other texts, io.
Result<OwnedFd> listen_on(const std::string& address);

} // namespace skerry::host::cli
