#include "host/import_need.hpp"

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

} // namespace

ImportNeed import_need(std::string_view module, std::string_view name) {
  if (module == "wasi_snapshot_preview1" || module == "wasi_unstable")
    return {Provider::wasi, wasi_keys(name)};
  if (module == "env" && name == "fs_check") return {Provider::host, file_keys()};
  if (module == "env" && name == "net_dial") return {Provider::host, network_keys()};
  return {Provider::nobody, {}};
}

} // namespace skerry::host
