#include "host/cli/plugin/serve_config.hpp"

#include "host/support/as_text.hpp"
#include "host/support/fail.hpp"
#include "host/support/file_bytes.hpp"
#include "host/support/object_reader.hpp"

namespace skerry::host::cli {

namespace {

constexpr uint64_t largest_config = uint64_t{1} << 20;

Unexpected<PluginError> config_error(PluginErrorCode code, std::string_view message) {
  return fail(make_error("", Phase::read, code, message));
}

ServeConfig read_all(ObjectReader& reader, const std::filesystem::path& folder) {
  ServeConfig config;
  config.host = reader.text("host", config.host);
  config.port = static_cast<int>(reader.integer("port", 8080, 0, 65535));
  config.token = reader.text("token");
  config.max_request_bytes = reader.integer("maxRequestKB", 1024, 1, 1 << 20) << 10;
  config.timeout = std::chrono::milliseconds(reader.integer("timeout", 10'000, 1, 3'600'000));
  config.threads = static_cast<uint32_t>(reader.integer("threads", config.threads, 1, 1024));
  config.max_instances = static_cast<uint32_t>(reader.integer("maxInstances", 10'000, 1, 1'000'000));
  std::string log = reader.text("log", "text");
  if (log != "text" && log != "json") reader.complain("log", "must be \"text\" or \"json\"");
  config.json_log = log == "json";
  reader.require("plugins");
  for_each_item(reader, "plugins", [&](const Json& item, const std::string& path) {
    if (!item.is_string())
      report(reader.problem(), path, "must be the path of a manifest, not " + json_type_name(item));
    else
      config.manifests.push_back(folder / item.get<std::string>());
  });
  reader.finish();
  return config;
}

} // namespace

Expected<ServeConfig> read_serve_config(const std::filesystem::path& file) {
  auto bytes = read_file(file, largest_config);
  if (!bytes) return config_error(PluginErrorCode::io, bytes.error().message);
  auto json = parse_json(as_text(*bytes));
  if (!json) return config_error(PluginErrorCode::config, file.string() + " is not JSON: " + json.error());
  FirstProblem problem;
  ObjectReader reader(*json, "$", problem);
  ServeConfig config = read_all(reader, std::filesystem::absolute(file).parent_path());
  if (!problem) return config;
  auto error =
      config_error(PluginErrorCode::config, file.string() + ": " + problem->path + ": " + problem->message);
  error.error().manifest_path = problem->path;
  return error;
}

} // namespace skerry::host::cli
