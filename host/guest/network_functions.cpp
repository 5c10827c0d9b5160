// The host functions for the network: net_dial, net_dial2, http_request, http_response.
#include "host/guest/functions.hpp"
#include "host/net/network.hpp"
#include "host/support/base64.hpp"
#include "host/support/json_text.hpp"
#include "vm/base/utf8.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace skerry::host::functions {

namespace {

constexpr size_t longest_host = 255; // RFC 1035

int32_t code_of(NetworkStatus status) {
  switch (status) {
  case NetworkStatus::ok: return 1;
  case NetworkStatus::denied: return denied;
  case NetworkStatus::failed: return failed;
  case NetworkStatus::unreachable: return unreachable;
  case NetworkStatus::too_large: return too_large;
  case NetworkStatus::timeout: return timeout;
  case NetworkStatus::bad_request: return bad_request;
  }
  return failed;
}

bool is_port(i32 port) { return port >= 1 && port <= 65535; }

/// Parses `{"method","url","headers":{…},"body" or "body_base64"}`.
std::optional<HttpRequest> parse_request(std::string_view text) {
  auto json = parse_json(text);
  if (!json || !json->is_object()) return std::nullopt;
  HttpRequest request;
  for (const auto& [key, value] : json->items()) {
    if (key == "headers" && value.is_object()) {
      for (const auto& [name, header] : value.items()) {
        if (!header.is_string()) return std::nullopt;
        request.headers.emplace_back(name, header.get<std::string>());
      }
      continue;
    }
    if (!value.is_string()) return std::nullopt;
    auto text_value = value.get<std::string>();
    if (key == "method") {
      request.method = text_value;
    } else if (key == "url") {
      request.url = text_value;
    } else if (key == "body") {
      request.body = text_value;
    } else if (key == "body_base64") {
      auto bytes = from_base64(text_value);
      if (!bytes) return std::nullopt;
      request.body = *bytes;
    } else {
      return std::nullopt;
    }
  }
  return request;
}

/// Writes `{"status","headers":[[name, value],…],"body" or "body_base64"}`. Base64 is for bodies that are not
/// UTF-8, because a JSON string cannot hold them.
std::string response_json(const HttpResponse& response) {
  ListText headers;
  for (const auto& [name, value] : response.headers) headers.add_text(ListText().add(name).add(value).text());
  ObjectText json;
  json.add("status", response.status).add_text("headers", headers.text());
  if (vm::is_utf8(response.body))
    json.add("body", response.body);
  else
    json.add("body_base64", to_base64(response.body));
  return json.text();
}

} // namespace

int32_t net_dial(HostCall& call, i32 address, i32 length, i32 port) {
  const auto host = call.text_or_trap(address, length);
  if (!host || !is_port(port) || host->size() > longest_host) return 0;
  return Network(call.capabilities()).dial(*host, static_cast<uint16_t>(port), call.meter) ==
         NetworkStatus::ok;
}

int32_t net_dial2(HostCall& call, i32 address, i32 length, i32 port) {
  const auto host = call.text_at(address, length);
  if (!host) return bad_pointer;
  if (!is_port(port) || host->empty() || host->size() > longest_host) return failed;
  return code_of(Network(call.capabilities()).dial(*host, static_cast<uint16_t>(port), call.meter));
}

int32_t http_request(HostCall& call, i32 address, i32 length) {
  const auto text = call.text_at(address, length);
  if (!text) return bad_pointer;
  if (text->size() > call.capabilities().max_http_response_bytes()) return too_large;
  if (call.meter.spend_bytes(text->size())) return failed;
  const auto request = parse_request(*text);
  if (!request) return bad_request;
  HttpResponse response;
  const NetworkStatus status = Network(call.capabilities()).http(*request, response, call.meter);
  if (status != NetworkStatus::ok) return code_of(status);
  if (call.meter.spend_bytes(response.body.size())) return failed;
  std::string& kept = call.state().response;
  kept = response_json(response);
  return static_cast<int32_t>(kept.size());
}

int32_t http_response(HostCall& call, i32 out, i32 capacity) {
  return call.give_text(call.state().response, out, capacity);
}

} // namespace skerry::host::functions
