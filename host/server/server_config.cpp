#include "host/server/server_config.hpp"

#include "host/support/as_text.hpp"
#include "host/support/fail.hpp"
#include "host/support/file_bytes.hpp"
#include "host/support/host_port.hpp"
#include "host/support/object_reader.hpp"

namespace skerry::host::server {

namespace {

constexpr std::string_view unix_scheme = "unix:"; // of the addresses of Unix sockets

constexpr uint64_t largest_config = uint64_t{1} << 20;
constexpr uint64_t largest_token = uint64_t{64} << 10;
constexpr uint64_t most_connections = 1'000'000;

std::chrono::milliseconds read_ms(ObjectReader& reader, std::string_view key,
                                  std::chrono::milliseconds fallback) {
  return std::chrono::milliseconds(
      reader.integer(key, static_cast<uint64_t>(fallback.count()), 1, 3'600'000));
}

uint32_t read_count(ObjectReader& reader, std::string_view key, uint32_t fallback, uint64_t most) {
  return static_cast<uint32_t>(reader.integer(key, fallback, 1, most));
}

PluginError config_error(PluginErrorCode code, std::string_view message) {
  return make_error("", Phase::read, code, message);
}

/// Reads the token from `token`, or from the first line of the file `tokenFile`.
std::string read_token(ObjectReader& reader, const std::filesystem::path& folder) {
  std::string token = reader.text("token");
  const std::string file = reader.text("tokenFile");
  if (file.empty()) return token;
  if (!token.empty()) reader.complain("tokenFile", "cannot be given beside token");
  const auto bytes = read_file(folder / file, largest_token);
  if (!bytes) {
    reader.complain("tokenFile", bytes.error().message);
    return token;
  }
  std::string_view line = as_text(*bytes);
  line = line.substr(0, line.find_first_of("\r\n"));
  if (line.empty()) reader.complain("tokenFile", "the file has no token in its first line");
  return std::string(line);
}

std::string read_admin(ObjectReader& reader, const std::filesystem::path& folder) {
  std::string admin = reader.text("admin");
  if (admin.empty()) return admin;
  auto parsed = parse_listen_address(admin);
  if (!parsed) reader.complain("admin", parsed.error());
  if (parsed && !parsed->path.empty()) return std::string(unix_scheme) + (folder / parsed->path).string();
  return admin;
}

void read_limits(ObjectReader& reader, ServerConfig& config) {
  config.max_request_bytes = reader.integer("maxRequestKB", config.max_request_bytes >> 10, 1, 1 << 20) << 10;
  config.timeout = read_ms(reader, "timeout", config.timeout);
  config.head_timeout = read_ms(reader, "headTimeout", config.head_timeout);
  config.idle_timeout = read_ms(reader, "idleTimeout", config.idle_timeout);
  config.max_connections = read_count(reader, "maxConnections", config.max_connections, most_connections);
  config.max_connections_per_address =
      read_count(reader, "maxConnectionsPerAddress", config.max_connections_per_address, most_connections);
  config.max_buffered_bytes = reader.integer("maxBufferedMB", config.max_buffered_bytes >> 20, 1, 1 << 20)
                              << 20;
  if (config.max_request_bytes > config.max_buffered_bytes / 2)
    reader.complain("maxBufferedMB", "must be at least twice maxRequestKB, because requests have half of it");
  config.threads = read_count(reader, "threads", config.threads, 1024);
  config.max_instances = read_count(reader, "maxInstances", config.max_instances, 1'000'000);
}

ServerConfig read_all(ObjectReader& reader, const std::filesystem::path& folder) {
  ServerConfig config;
  config.host = reader.text("host", config.host);
  config.port = static_cast<int>(reader.integer("port", 8080, 0, 65535));
  config.admin = read_admin(reader, folder);
  config.token = read_token(reader, folder);
  read_limits(reader, config);
  std::string log = reader.text("log", "text");
  if (log != "text" && log != "json") reader.complain("log", "must be \"text\" or \"json\"");
  config.json_log = log == "json";
  reader.require("plugins");
  for_each_item(reader, "plugins", [&](const Json& item, const std::string& path) {
    if (!item.is_string())
      report(reader.problems(), path, "must be the path of a manifest, not " + json_type_name(item));
    else
      config.manifests.push_back(folder / item.get<std::string>());
  });
  reader.finish();
  return config;
}

} // namespace

skerry::Expected<ListenAddress, std::string> parse_listen_address(const std::string& text) {
  if (text.starts_with(unix_scheme) && text.size() > unix_scheme.size())
    return ListenAddress{.path = text.substr(unix_scheme.size()), .host = {}, .port = {}};
  auto parsed = parse_host_port(text);
  if (!parsed)
    return fail(std::string("must be an address such as \"127.0.0.1:9090\" or \"unix:/run/skerry.sock\""));
  return ListenAddress{.path = {}, .host = std::move(parsed->host), .port = std::move(parsed->port)};
}

std::optional<PluginError> check_server_config(const std::filesystem::path& file, ServerConfig& config) {
  auto bytes = read_file(file, largest_config);
  if (!bytes) return config_error(PluginErrorCode::io, bytes.error().message);
  auto json = parse_json(as_text(*bytes));
  if (!json.duplicate().empty()) {
    PluginError error = config_error(PluginErrorCode::config, file.string() + ": " + json.error());
    error.manifest_path = json.duplicate();
    return error;
  }
  if (!json) return config_error(PluginErrorCode::config, file.string() + " is not JSON: " + json.error());
  ReadProblems problems;
  ObjectReader reader(*json, "$", problems);
  config = read_all(reader, std::filesystem::absolute(file).parent_path());
  if (problems.empty()) return std::nullopt;
  PluginError error = config_error(PluginErrorCode::config, file.string() + ": " + to_text(problems));
  error.manifest_path = problems.front().path;
  return error;
}

Expected<ServerConfig> read_server_config(const std::filesystem::path& file) {
  ServerConfig config;
  if (auto error = check_server_config(file, config)) return fail(std::move(*error));
  return config;
}

} // namespace skerry::host::server
