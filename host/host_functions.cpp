#include "host/host_functions.hpp"

#include "host/base64.hpp"
#include "host/call_state.hpp"
#include "host/json_text.hpp"
#include "host/network.hpp"
#include "host/plugin_instance.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

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

Result<void> counted(const Caller& caller) {
  if (CallState::of(caller)->count_host_call()) return {};
  return fail(Error::host("too many calls of host functions"));
}

/// Bytes of the guest, or nothing when they lie outside its memory.
std::optional<std::span<std::byte>> bytes_at(const Caller& caller, uint32_t address, uint32_t length) {
  auto bytes = caller.memory(address, length);
  if (!bytes) return std::nullopt;
  return *bytes;
}
std::optional<std::string_view> text_at(const Caller& caller, uint32_t address, uint32_t length) {
  auto bytes = bytes_at(caller, address, length);
  if (!bytes) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

/// Writes as much of `value` as fits the guest's buffer; returns the value's whole length.
int32_t give_text(const Caller& caller, std::string_view value, uint32_t out, uint32_t capacity) {
  auto place = bytes_at(caller, out, capacity);
  if (!place) return bad_pointer;
  if (size_t size = std::min<size_t>(value.size(), capacity); size != 0)
    std::memcpy(place->data(), value.data(), size);
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

bool exists(const Capabilities& capabilities, const wasi::Context& context, std::string_view guest_path) {
  const auto path = normalize_guest_path(guest_path);
  for (size_t i = 0; path && i < capabilities.allowed_paths.size(); ++i) {
    const auto within = path_within(capabilities.allowed_paths[i].guest, *path);
    if (within && context.exists(i, *within))
      return true; // its preopens are the allowed paths, in their order
  }
  return false;
}

int32_t fs_check2(const Capabilities& capabilities, const Caller& caller, uint32_t address, uint32_t length) {
  auto path = text_at(caller, address, length);
  if (!path) return bad_pointer;
  if (path->empty() || path->find('\0') != path->npos) return failed;
  if (!check_path(capabilities, *path)) return denied;
  return exists(capabilities, *CallState::of(caller)->context, *path) ? 1 : unreachable;
}

int32_t net_dial2(const Capabilities& capabilities, const Caller& caller, uint32_t address, uint32_t length,
                  int32_t port) {
  auto host = text_at(caller, address, length);
  if (!host) return bad_pointer;
  if (port < 1 || port > 65535 || host->empty()) return failed;
  return code_of(Network(capabilities).dial(*host, static_cast<uint16_t>(port), caller.deadline()));
}

/// As in the reference: 1 or 0. These exist for every plugin.
void define_checks(Linker& linker, const Capabilities& capabilities) {
  linker.define("env", "fs_check", [&capabilities](Caller& caller, std::string_view path) -> Result<int32_t> {
    if (auto ok = counted(caller); !ok) return fail(std::move(ok.error()));
    return check_path(capabilities, path).granted;
  });
  linker.define("env", "net_dial",
                [&capabilities](Caller& caller, std::string_view host, int32_t port) -> Result<int32_t> {
                  if (auto ok = counted(caller); !ok) return fail(std::move(ok.error()));
                  if (port < 1 || port > 65535) return 0;
                  auto to = static_cast<uint16_t>(port);
                  return Network(capabilities).dial(host, to, caller.deadline()) == NetworkStatus::ok;
                });
}

/// Defines a function whose parameters are numbers, and that counts as a host call.
template <class... Args, class F> void define_counted(Linker& linker, const char* name, F function) {
  linker.define("env", name, [function](Caller& caller, Args... args) -> Result<int32_t> {
    if (auto ok = counted(caller); !ok) return fail(std::move(ok.error()));
    return function(caller, args...);
  });
}

// ---- log

LogLevel level_of(int32_t level) { return static_cast<LogLevel>(std::clamp(level, 0, 4)); }

/// A line of the log for each line of the text.
void log_lines(CallState& state, std::string_view text, const auto& write) {
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
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
    if (auto ok = counted(caller); !ok) return ok;
    log_lines(*CallState::of(caller), text,
              [&](std::string_view line) { services.log(manifest.meta.name, level_of(level), line); });
    return {};
  });
}

// ---- configuration and store

void define_config(Linker& linker, const std::map<std::string, std::string>& values) {
  define_counted<uint32_t, uint32_t, uint32_t, uint32_t>(
      linker, "config_get",
      [&values](Caller& caller, uint32_t key, uint32_t length, uint32_t out, uint32_t capacity) -> int32_t {
        auto name = text_at(caller, key, length);
        if (!name) return bad_pointer;
        auto found = values.find(std::string(*name));
        return found == values.end() ? missing : give_text(caller, found->second, out, capacity);
      });
}

void define_key_value(Linker& linker, KeyValueStore& store) {
  define_counted<uint32_t, uint32_t, uint32_t, uint32_t>(
      linker, "kv_get",
      [&store](Caller& caller, uint32_t key, uint32_t length, uint32_t out, uint32_t capacity) -> int32_t {
        auto name = text_at(caller, key, length);
        if (!name) return bad_pointer;
        auto value = store.get(*name);
        return value ? give_text(caller, *value, out, capacity) : missing;
      });
  define_counted<uint32_t, uint32_t, uint32_t, uint32_t>(
      linker, "kv_set",
      [&store](Caller& caller, uint32_t key, uint32_t length, uint32_t value, uint32_t size) -> int32_t {
        auto name = text_at(caller, key, length), text = text_at(caller, value, size);
        if (!name || !text) return bad_pointer;
        return store.set(*name, *text) ? 1 : too_large;
      });
  define_counted<uint32_t, uint32_t>(linker, "kv_delete",
                                     [&store](Caller& caller, uint32_t key, uint32_t length) -> int32_t {
                                       auto name = text_at(caller, key, length);
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

int32_t http_request(const Capabilities& capabilities, Caller& caller, uint32_t address, uint32_t length) {
  auto text = text_at(caller, address, length);
  if (!text) return bad_pointer;
  auto request = parse_request(*text);
  if (!request) return bad_request;
  HttpResponse response;
  NetworkStatus status = Network(capabilities).http(*request, response, caller.deadline());
  if (status != NetworkStatus::ok) return code_of(status);
  std::string& kept = CallState::of(caller)->response;
  kept = response_json(response);
  return static_cast<int32_t>(kept.size());
}

void define_network(Linker& linker, const Capabilities& capabilities) {
  define_counted<uint32_t, uint32_t, int32_t>(
      linker, "net_dial2", [&capabilities](Caller& caller, uint32_t host, uint32_t length, int32_t port) {
        return net_dial2(capabilities, caller, host, length, port);
      });
  define_counted<uint32_t, uint32_t>(linker, "http_request",
                                     [&capabilities](Caller& caller, uint32_t request, uint32_t length) {
                                       return http_request(capabilities, caller, request, length);
                                     });
  define_counted<uint32_t, uint32_t>(
      linker, "http_response", [](Caller& caller, uint32_t out, uint32_t capacity) {
        return give_text(caller, CallState::of(caller)->response, out, capacity);
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
                                       [&capabilities](Caller& caller, uint32_t path, uint32_t length) {
                                         return fs_check2(capabilities, caller, path, length);
                                       });
}

} // namespace skerry::host
