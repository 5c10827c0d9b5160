#include "host/guest/host_functions.hpp"

#include "host/guest/call_state.hpp"
#include "host/guest/guest_output.hpp"
#include "host/net/network.hpp"
#include "host/support/base64.hpp"
#include "host/support/json_text.hpp"
#include "skerry/host_meter.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

namespace skerry::host {

namespace {

// What the functions with a `2` and those that came later return when it did not work. One set of numbers.
constexpr int32_t denied = -1, failed = -2, unreachable = -3, bad_pointer = -4, too_large = -5,
                  timed_out = -6, bad_request = -7, missing = -8;

int32_t code_of(NetworkStatus status) {
  switch (status) {
  case NetworkStatus::ok: return 1;
  case NetworkStatus::denied: return denied;
  case NetworkStatus::failed: return failed;
  case NetworkStatus::unreachable: return unreachable;
  case NetworkStatus::too_large: return too_large;
  case NetworkStatus::timeout: return timed_out;
  case NetworkStatus::bad_request: return bad_request;
  }
  return failed;
}

/// Longest name that a guest may pass, in bytes.
constexpr size_t longest_path = 4096; // as WASI's
constexpr size_t longest_host = 255;  // RFC 1035
/// The work of one call of a host function beyond its bytes; for each line of the log, too.
constexpr uint64_t call_price = 64, line_price = 16;

/// What every function begins with: it counts, and there is time and fuel for it.
Result<void> begin(const Caller& caller, HostMeter& meter) {
  if (!CallState::of(caller)->count_host_call()) return fail(Error::host("too many calls of host functions"));
  if (meter.must_stop() || meter.spend(call_price)) return fail(std::move(*meter.stop));
  return {};
}

/// What one call of a host function works with.
struct HostCall {
  Caller& caller;
  HostMeter meter;

  CallState& state() const { return *CallState::of(caller); }
  /// Bytes of the guest, or nothing when they lie outside its memory.
  std::optional<std::span<std::byte>> bytes_at(uint32_t address, uint32_t length) const {
    auto bytes = caller.memory(address, length);
    if (!bytes) return std::nullopt;
    return *bytes;
  }
  std::optional<std::string_view> text_at(uint32_t address, uint32_t length) const {
    auto bytes = bytes_at(address, length);
    if (!bytes) return std::nullopt;
    return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
};

/// Writes as much of `value` as fits the guest's buffer; returns the value's whole length.
int32_t give_text(HostCall& call, std::string_view value, uint32_t out, uint32_t capacity) {
  auto place = call.bytes_at(out, capacity);
  if (!place) return bad_pointer;
  const size_t size = std::min<size_t>(value.size(), capacity);
  if (call.meter.spend_bytes(size)) return failed;
  if (size != 0) std::memcpy(place->data(), value.data(), size);
  return static_cast<int32_t>(value.size());
}

// ---- files and network: grants

/// What the normalised guest path `path` is called within the granted folder `folder`; nothing when it is not
/// in it.
std::optional<std::string_view> path_within(std::string_view folder, std::string_view path) {
  if (folder == ".") return path;
  if (!path.starts_with(folder)) return std::nullopt;
  const std::string_view rest = path.substr(folder == "/" ? 0 : folder.size());
  if (rest.empty() || rest == "/") return ".";
  if (rest[0] != '/') return std::nullopt;
  return rest.substr(1);
}

bool exists(const Capabilities& capabilities, HostCall& call, std::string_view guest_path) {
  const auto path = normalize_guest_path(guest_path);
  for (size_t i = 0; path && i < capabilities.allowed_paths.size(); ++i) {
    const auto within = path_within(capabilities.allowed_paths[i].guest, *path);
    if (within && call.state().context->exists(i, *within, call.meter))
      return true; // its preopens are the allowed paths, in their order
  }
  return false;
}

int32_t fs_check2(const Capabilities& capabilities, HostCall& call, uint32_t address, uint32_t length) {
  auto path = call.text_at(address, length);
  if (!path) return bad_pointer;
  if (path->empty() || path->size() > longest_path || path->find('\0') != path->npos) return failed;
  if (!check_path(capabilities, *path)) return denied;
  return exists(capabilities, call, *path) ? 1 : unreachable;
}

int32_t net_dial2(const Capabilities& capabilities, HostCall& call, uint32_t address, uint32_t length,
                  int32_t port) {
  auto host = call.text_at(address, length);
  if (!host) return bad_pointer;
  if (port < 1 || port > 65535 || host->empty() || host->size() > longest_host) return failed;
  return code_of(Network(capabilities).dial(*host, static_cast<uint16_t>(port), call.meter));
}

/// Defines a function whose parameters are numbers (the bytes and texts of linker.define trap on a bad
/// pointer).
template <class... Args, class F> void define_counted(Linker& linker, const char* name, F function) {
  linker.define("env", name,
                [function](Caller& caller,
                           Args... args) -> Result<decltype(function(std::declval<HostCall&>(), args...))> {
                  HostCall call{caller, HostMeter(caller)};
                  if (auto ok = begin(caller, call.meter); !ok) return fail(std::move(ok.error()));
                  auto result = function(call, args...);
                  if (call.meter.stop) return fail(std::move(*call.meter.stop));
                  return result;
                });
}

/// As in the reference: 1 or 0. These exist for every plugin.
void define_checks(Linker& linker, const Capabilities& capabilities) {
  define_counted<std::string_view>(linker, "fs_check",
                                   [&capabilities](HostCall& call, std::string_view path) -> int32_t {
                                     if (path.size() > longest_path || call.meter.spend_bytes(path.size()))
                                       return 0;
                                     return check_path(capabilities, path).granted;
                                   });
  define_counted<std::string_view, int32_t>(
      linker, "net_dial", [&capabilities](HostCall& call, std::string_view host, int32_t port) -> int32_t {
        if (port < 1 || port > 65535 || host.size() > longest_host) return 0;
        return Network(capabilities).dial(host, static_cast<uint16_t>(port), call.meter) == NetworkStatus::ok;
      });
}

// ---- log

LogLevel level_of(int32_t level) { return static_cast<LogLevel>(std::clamp(level, 0, 4)); }

/// The length of the text's first line. Looked for in pieces: a guest's line may be as long as its memory.
size_t line_length(HostMeter& meter, std::string_view text) {
  constexpr size_t piece_bytes = HostMeter::look_units * HostMeter::bytes_per_unit;
  for (size_t at = 0; at < text.size(); at += piece_bytes) {
    const std::string_view piece = text.substr(at, piece_bytes);
    const size_t end = std::min(piece.find('\n'), piece.size());
    if (meter.spend_bytes(end) || end < piece.size()) return at + end;
  }
  return text.size();
}

/// A line of the log for each line of the text.
void log_lines(HostCall& call, std::string_view text, const auto& write) {
  CallState& state = call.state();
  while (!text.empty() && !call.meter.spend(line_price)) {
    const size_t end = line_length(call.meter, text);
    if (call.meter.stop) return;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (state.log_lines_left == 0 || line.size() > state.log_bytes_left) {
      ++state.lines_dropped;
      continue;
    }
    --state.log_lines_left;
    state.log_bytes_left -= line.size();
    write(line);
  }
}

void define_log(Linker& linker, const Manifest& manifest, const PluginServices& services) {
  linker.define("env", "log", [&](Caller& caller, int32_t level, std::string_view text) -> Result<void> {
    HostCall call{caller, HostMeter(caller)};
    if (auto ok = begin(caller, call.meter); !ok) return ok;
    log_lines(call, text, [&](std::string_view line) {
      pass_log_line(services.log, manifest.meta.name, level_of(level), line, caller.deadline());
    });
    if (call.meter.stop) return fail(std::move(*call.meter.stop));
    return {};
  });
}

// ---- configuration and store

/// Without a copy of the guest's key, which may be as long as its memory.
const std::string* find_value(const std::map<std::string, std::string>& values, std::string_view key) {
  const auto found =
      std::ranges::find(values, key, [](const auto& item) { return std::string_view(item.first); });
  return found == values.end() ? nullptr : &found->second;
}

void define_config(Linker& linker, const std::map<std::string, std::string>& values) {
  define_counted<uint32_t, uint32_t, uint32_t, uint32_t>(
      linker, "config_get",
      [&values](HostCall& call, uint32_t key, uint32_t length, uint32_t out, uint32_t capacity) -> int32_t {
        auto name = call.text_at(key, length);
        if (!name) return bad_pointer;
        if (call.meter.spend(values.size())) return failed;
        const std::string* value = find_value(values, *name);
        return value ? give_text(call, *value, out, capacity) : missing;
      });
}

void define_key_value(Linker& linker, KeyValueStore& store) {
  define_counted<uint32_t, uint32_t, uint32_t, uint32_t>(
      linker, "kv_get",
      [&store](HostCall& call, uint32_t key, uint32_t length, uint32_t out, uint32_t capacity) -> int32_t {
        auto name = call.text_at(key, length);
        if (!name) return bad_pointer;
        auto value = store.get(*name);
        if (!value) return missing;
        if (call.meter.spend_bytes(value->size())) return failed;
        return give_text(call, *value, out, capacity);
      });
  define_counted<uint32_t, uint32_t, uint32_t, uint32_t>(
      linker, "kv_set",
      [&store](HostCall& call, uint32_t key, uint32_t length, uint32_t value, uint32_t size) -> int32_t {
        auto name = call.text_at(key, length), text = call.text_at(value, size);
        if (!name || !text) return bad_pointer;
        if (call.meter.spend_bytes(uint64_t{length} + size)) return failed;
        return store.set(*name, *text) ? 1 : too_large;
      });
  define_counted<uint32_t, uint32_t>(linker, "kv_delete",
                                     [&store](HostCall& call, uint32_t key, uint32_t length) -> int32_t {
                                       auto name = call.text_at(key, length);
                                       if (!name) return bad_pointer;
                                       return store.remove(*name) ? 1 : missing;
                                     });
}

// ---- HTTP

/// `{"method","url","headers":{…},"body" or "body_base64"}`
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

/// `{"status","headers":[[name, value],…],"body" or "body_base64"}`: text that is not UTF-8 is no JSON
/// string.
std::string response_json(const HttpResponse& response) {
  ListText headers;
  for (const auto& [name, value] : response.headers) headers.add_text(ListText().add(name).add(value).text());
  ObjectText json;
  json.add("status", response.status).add_text("headers", headers.text());
  if (is_utf8(response.body))
    json.add("body", response.body);
  else
    json.add("body_base64", to_base64(response.body));
  return json.text();
}

int32_t http_request(const Capabilities& capabilities, HostCall& call, uint32_t address, uint32_t length) {
  auto text = call.text_at(address, length);
  if (!text) return bad_pointer;
  if (text->size() > capabilities.max_http_response_bytes()) return too_large;
  if (call.meter.spend_bytes(text->size())) return failed;
  auto request = parse_request(*text);
  if (!request) return bad_request;
  HttpResponse response;
  NetworkStatus status = Network(capabilities).http(*request, response, call.meter);
  if (status != NetworkStatus::ok) return code_of(status);
  if (call.meter.spend_bytes(response.body.size())) return failed;
  std::string& kept = call.state().response;
  kept = response_json(response);
  return static_cast<int32_t>(kept.size());
}

void define_network(Linker& linker, const Capabilities& capabilities) {
  define_counted<uint32_t, uint32_t, int32_t>(
      linker, "net_dial2", [&capabilities](HostCall& call, uint32_t host, uint32_t length, int32_t port) {
        return net_dial2(capabilities, call, host, length, port);
      });
  define_counted<uint32_t, uint32_t>(linker, "http_request",
                                     [&capabilities](HostCall& call, uint32_t request, uint32_t length) {
                                       return http_request(capabilities, call, request, length);
                                     });
  define_counted<uint32_t, uint32_t>(linker, "http_response",
                                     [](HostCall& call, uint32_t out, uint32_t capacity) {
                                       return give_text(call, call.state().response, out, capacity);
                                     });
}

} // namespace

void define_host_functions(Linker& linker, const Manifest& manifest, const PluginServices& services) {
  const Capabilities& capabilities = manifest.capabilities;
  define_checks(linker, capabilities);
  define_log(linker, manifest, services);
  if (manifest.config) define_config(linker, *manifest.config);
  if (capabilities.allow_key_value) define_key_value(linker, *services.store);
  if (capabilities.allow_network && !capabilities.allowed_hosts.empty()) define_network(linker, capabilities);
  if (capabilities.allow_file_system && !capabilities.allowed_paths.empty())
    define_counted<uint32_t, uint32_t>(linker, "fs_check2",
                                       [&capabilities](HostCall& call, uint32_t path, uint32_t length) {
                                         return fs_check2(capabilities, call, path, length);
                                       });
}

} // namespace skerry::host
