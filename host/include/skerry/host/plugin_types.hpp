// The JSON that the host and a plugin exchange: a plugin's meta, a call's context and a call's result.
#pragma once

#include "skerry/host/plugin_error.hpp"

#include <map>
#include <string>
#include <string_view>

namespace skerry::host {

/// What a plugin says about itself, as JSON `{"name","version","description","author"}`.
struct PluginMeta {
  std::string name;
  std::string version;
  std::string description;
  std::string author;
  bool operator==(const PluginMeta&) const = default;
};

/// The argument of `execute`, as JSON `{"request_id","headers":{…},"parameters":{…}}`.
struct PluginContext {
  std::string request_id;
  std::map<std::string, std::string> headers;
  std::map<std::string, std::string> parameters; ///< each value is a JSON text: `"a"`, `[1,2]`, `{"b":true}`
};

/// The result of `execute`, as JSON `{"success","data","error"}`.
struct PluginResult {
  bool success = false;
  std::string data; ///< JSON text; empty if the result has no data
  std::string error;
};

/// Writes `meta` as one line of JSON. Thread-safe, as the functions below are.
std::string to_json(const PluginMeta& meta);
/// Writes `context` as one line of JSON. Errors: phase call, code "json", if a parameter is not valid JSON.
[[nodiscard]] Expected<std::string> to_json(const PluginContext& context);
/// Parses the result of a guest's `execute`. Errors: phase call, code "json", if `text` is not a JSON object
/// or a member has the wrong type.
[[nodiscard]] Expected<PluginResult> parse_plugin_result(std::string_view text);

} // namespace skerry::host
