#include "host/guest/import_need.hpp"

#include "host/guest/host_grant.hpp"
#include "skerry/wasi/wasi.hpp"

#include <algorithm>
#include <array>

namespace skerry::host {

namespace {

using Keys = std::vector<std::string>;

Keys env_keys() { return {"capabilities.allowEnv", "capabilities.env"}; }

/// True for WASI functions that are useful only with a granted folder. Other functions that take a file
/// descriptor are also useful on the standard streams.
bool needs_folder(std::string_view name) {
  constexpr std::array<std::string_view, 5> functions{"fd_readdir", "fd_allocate", "fd_pread", "fd_pwrite",
                                                      "fd_filestat_set_size"};
  return name.starts_with("path_") || std::find(functions.begin(), functions.end(), name) != functions.end();
}

Keys wasi_keys(std::string_view name) {
  if (needs_folder(name)) return manifest_keys(HostGrant::file_system);
  if (name.starts_with("environ_")) return env_keys();
  if (name.starts_with("sock_")) return manifest_keys(HostGrant::network);
  return {};
}

/// Returns what a plugin needs for an import of module `env`.
ImportNeed env_need(std::string_view name) {
#define SKERRY_HOST_GRANT(...)
#define SKERRY_HOST_ERROR(...)
#define SKERRY_HOST_FUNCTION(function, parameters, result, grant, ...)                                       \
  if (name == #function) return {Provider::host, manifest_keys(HostGrant::grant)};
#include "host/guest/functions.def"
#undef SKERRY_HOST_GRANT
#undef SKERRY_HOST_ERROR
#undef SKERRY_HOST_FUNCTION
  return {Provider::none, {}};
}

} // namespace

ImportNeed import_need(std::string_view module, std::string_view name) {
  if (wasi::defines(module, name)) return {Provider::wasi, wasi_keys(name)};
  if (module == "env") return env_need(name);
  return {Provider::none, {}};
}

} // namespace skerry::host
