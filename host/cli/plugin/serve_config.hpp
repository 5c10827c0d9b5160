// What `skerry plugin serve` is told by its configuration file.
#pragma once

#include "skerry/host/plugin_error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skerry::host::cli {

struct ServeConfig {
  std::string host = "127.0.0.1";
  int port = 8080;   ///< 0: any free one
  std::string token; ///< for loading, unloading and reloading, which need one
  uint64_t max_request_bytes = uint64_t{1} << 20;
  std::chrono::milliseconds timeout{10'000}; ///< for a client to send its request, or take its answer
  uint32_t threads = 8;                      ///< requests that are served at the same time
  uint32_t max_instances = 10'000;           ///< of all plugins together
  bool json_log = false;
  std::vector<std::filesystem::path> manifests;
};

/// Relative paths are relative to the file's folder. Errors: phase read, codes "config" and "io".
[[nodiscard]] Expected<ServeConfig> read_serve_config(const std::filesystem::path& file);

} // namespace skerry::host::cli
