// The head of a response as text. Internal.
#pragma once

#include "host/server/http/request.hpp"
#include "host/server/http/request_reader.hpp"

#include <string>
#include <string_view>

namespace skerry::host::server {

/// Writes the status line and the header fields, with the empty line at their end. `date` is the value of the
/// Date field.
std::string response_head(const Response& response, std::string_view date, KeepAlive keep_alive);

} // namespace skerry::host::server
