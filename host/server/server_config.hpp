// The configuration file of `skerry plugin serve`.
#pragma once

#include "skerry/host/plugin_error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace skerry::host::server {

struct ServerConfig {
  std::string host = "127.0.0.1";
  int port = 8080;   ///< 0 for any free port
  std::string admin; ///< a second listener, "HOST:PORT" or "unix:PATH"; empty for none
  std::string token; ///< required for loading, unloading, reloading and rollback; if empty, these are refused
  uint64_t max_request_bytes = uint64_t{1} << 20;
  std::chrono::milliseconds timeout{10'000};      ///< for a client to send a request or receive the answer
  std::chrono::milliseconds head_timeout{10'000}; ///< for a client to send the head of a request
  std::chrono::milliseconds idle_timeout{60'000}; ///< for the first byte of a request
  uint32_t max_connections = 16'384;
  uint32_t max_connections_per_address = 2'048;
  uint64_t max_buffered_bytes = uint64_t{256} << 20; ///< of requests and answers, of all clients together
  uint32_t threads = 64;                             ///< calls that run at the same time
  uint32_t max_instances = 10'000;                   ///< of all plugins together
  bool json_log = false;
  std::vector<std::filesystem::path> manifests;
};

/// Reads the configuration file. Relative paths in it start at the file's folder. Errors: phase read, codes
/// "config" and "io".
[[nodiscard]] Expected<ServerConfig> read_server_config(const std::filesystem::path& file);

/// Like read_server_config, but keeps what could be read in `config` even if there is an error.
[[nodiscard]] std::optional<PluginError> check_server_config(const std::filesystem::path& file,
                                                             ServerConfig& config);

/// An address of a listener: a Unix socket if `path` is not empty, otherwise TCP.
struct ListenAddress {
  std::string path, host, port;
};
/// Reads an address such as "127.0.0.1:9090", "[::1]:9090" or "unix:/run/skerry.sock". The error is a text.
[[nodiscard]] skerry::Expected<ListenAddress, std::string> parse_listen_address(const std::string& text);

} // namespace skerry::host::server
