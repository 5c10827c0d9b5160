#include "host/guest/import_need.hpp"

#include <algorithm>
#include <array>

namespace skerry::host {

namespace {

using Keys = std::vector<std::string>;

Keys file_keys() { return {"capabilities.allowFileSystem", "capabilities.allowedPaths"}; }
Keys env_keys() { return {"capabilities.allowEnv", "capabilities.env"}; }
Keys network_keys() { return {"capabilities.allowNetwork", "capabilities.allowedHosts"}; }

/// Functions of WASI that are of use only with a granted folder. Others that take a descriptor also serve the
/// standard streams.
bool needs_folder(std::string_view name) {
  constexpr std::array<std::string_view, 5> functions{"fd_readdir", "fd_allocate", "fd_pread", "fd_pwrite",
                                                      "fd_filestat_set_size"};
  return name.starts_with("path_") || std::find(functions.begin(), functions.end(), name) != functions.end();
}

Keys wasi_keys(std::string_view name) {
  if (needs_folder(name)) return file_keys();
  if (name.starts_with("environ_")) return env_keys();
  if (name.starts_with("sock_")) return network_keys();
  return {};
}

/// The host's own functions (host/host_functions.cpp).
ImportNeed env_need(std::string_view name) {
  if (name == "log") return {Provider::host, {}};
  if (name == "fs_check" || name == "fs_check2") return {Provider::host, file_keys()};
  if (name == "config_get") return {Provider::host, {"config"}};
  if (name == "kv_get" || name == "kv_set" || name == "kv_delete")
    return {Provider::host, {"capabilities.allowKeyValue"}};
  if (name == "net_dial" || name == "net_dial2" || name == "http_request" || name == "http_response")
    return {Provider::host, network_keys()};
  return {Provider::nobody, {}};
}

} // namespace

ImportNeed import_need(std::string_view module, std::string_view name) {
  if (module == "wasi_snapshot_preview1" || module == "wasi_unstable")
    return {Provider::wasi, wasi_keys(name)};
  if (module == "env") return env_need(name);
  return {Provider::nobody, {}};
}

} // namespace skerry::host
