#include "host/server/http/request.hpp"

#include "host/support/fail.hpp"

#include <charconv>
#include <memory>

namespace skerry::host::server {

namespace {

std::optional<char> decode_byte(std::string_view hex) {
  unsigned value = 0;
  if (hex.size() < 2) return std::nullopt;
  const char* begin = std::to_address(hex.begin());
  const char* end = begin + 2;
  const auto parsed = std::from_chars(begin, end, value, 16);
  return parsed.ptr == end ? std::optional(static_cast<char>(value)) : std::nullopt;
}

std::optional<std::string> decode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto byte = decode_byte(text.substr(i + 1));
    if (!byte) return std::nullopt;
    decoded += *byte;
    i += 2;
  }
  return decoded;
}

} // namespace

Response error_response(const PluginError& error) {
  Response response{.status = http_status(error), .body = to_json(error) + "\n", .fields = {}};
  if (may_retry(error.code)) response.fields.emplace_back("Retry-After", "1");
  return response;
}

Response error_response(int status, PluginErrorCode code, std::string_view message) {
  Response response = error_response(make_error("", Phase::call, code, message));
  response.status = status;
  return response;
}

std::optional<std::vector<std::string>> path_segments(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t end = std::min(path.find('/'), path.size());
    auto segment = decode(path.substr(0, end));
    if (!segment) return std::nullopt;
    segments.push_back(std::move(*segment));
    path.remove_prefix(end);
  }
  return segments;
}

bool has_parameter(std::string_view query, std::string_view name, std::string_view value) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    if (parameter.size() == name.size() + 1 + value.size() && parameter.starts_with(name) &&
        parameter[name.size()] == '=' && parameter.ends_with(value))
      return true;
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

} // namespace skerry::host::server
