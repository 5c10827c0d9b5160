// The JSON that host and plugin exchange: a plugin's meta, the context of a call, its result.
#pragma once

#include "skerry/host/plugin_error.hpp"

#include <map>
#include <string>
#include <string_view>

namespace skerry::host {

/// `{"name","version","description","author"}`
struct PluginMeta {
  std::string name;
  std::string version;
  std::string description;
  std::string author;
  bool operator==(const PluginMeta&) const = default;
};

/// `{"request_id","headers":{…},"parameters":{…}}`, the argument of `execute`.
struct PluginContext {
  std::string request_id;
  std::map<std::string, std::string> headers;
  std::map<std::string, std::string> parameters; ///< each value is JSON text: `"a"`, `[1,2]`, `{"b":true}`
};

/// `{"success","data","error"}`, the result of `execute`.
struct PluginResult {
  bool success = false;
  std::string data; ///< JSON text; empty when there is none
  std::string error;
};

std::string to_json(const PluginMeta& meta);
/// Errors: phase call, code "json", when a parameter is not JSON.
[[nodiscard]] Expected<std::string> to_json(const PluginContext& context);
/// Errors: phase call, code "json", when it is not a JSON object or its members have other types.
[[nodiscard]] Expected<PluginResult> parse_plugin_result(std::string_view text);

} // namespace skerry::host
