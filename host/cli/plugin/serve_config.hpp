// The configuration file of `skerry plugin serve`.
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
  int port = 8080;   ///< 0 for any free port
  std::string token; ///< required for loading, unloading, reloading and rollback; if empty, these are refused
  uint64_t max_request_bytes = uint64_t{1} << 20;
  std::chrono::milliseconds timeout{10'000}; ///< for a client to send a request or receive the answer
  uint32_t threads = 8;                      ///< requests served at the same time
  uint32_t max_instances = 10'000;           ///< of all plugins together
  bool json_log = false;
  std::vector<std::filesystem::path> manifests;
};

/// Reads the configuration file. Relative paths in it start at the file's folder. Errors: phase read, codes
/// "config" and "io".
[[nodiscard]] Expected<ServeConfig> read_serve_config(const std::filesystem::path& file);

} // namespace skerry::host::cli
