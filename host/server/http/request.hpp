// A request to the server, and the server's response. Internal.
#pragma once

#include "host/server/http/held_bytes.hpp"
#include "skerry/host/plugin_error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::host::server {

/// The head of a request that is correct by RFC 9112.
struct RequestHead {
  std::string method;
  std::string path;  ///< begins with "/"; not decoded
  std::string query; ///< the text after "?"; not decoded
  std::optional<std::string> authorization;
};

struct Request {
  RequestHead head;
  std::string body;
  HeldBytes held; ///< charges the body to the server's budget
};

struct Response {
  int status = 200;
  std::string body;
  const char* content_type = "application/json";
  /// Further header fields, such as {"Allow", "POST"}. Names and values must be valid.
  std::vector<std::pair<const char*, std::string>> fields;
};

/// Makes the response for an error: its JSON with the status of http_status. Sets Retry-After if the request
/// may succeed a little later.
Response error_response(const PluginError& error);
/// Makes the response for an error of the request, which concerns no plugin, with this status.
Response error_response(int status, PluginErrorCode code, std::string_view message);

/// Splits a path such as "/plugins/a%20b/execute" at its slashes and decodes the percent-encodings (RFC 3986,
/// section 2.1). Returns nothing if the path does not begin with "/" or has a malformed encoding.
std::optional<std::vector<std::string>> path_segments(std::string_view path);
/// True if the query has the parameter `name` with the value `value`; both are compared undecoded.
bool has_parameter(std::string_view query, std::string_view name, std::string_view value);

} // namespace skerry::host::server
