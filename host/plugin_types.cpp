// PluginMeta, PluginContext and PluginResult to and from JSON.
#include "skerry/host/plugin_types.hpp"

#include "host/json.hpp"
#include "skerry/printable.hpp"

namespace skerry::host {

namespace {

std::unexpected<PluginError> json_error(std::string message) {
  PluginError error;
  error.phase = Phase::call;
  error.code = "json";
  error.message = printable(message, longest_printed_message);
  return std::unexpected(std::move(error));
}

} // namespace

std::string to_json(const PluginMeta& meta) {
  return dump_json(OrderedJson{{"name", meta.name},
                               {"version", meta.version},
                               {"description", meta.description},
                               {"author", meta.author}});
}

Expected<std::string> to_json(const PluginContext& context) {
  Json parameters = Json::object();
  for (const auto& [name, text] : context.parameters) {
    auto value = parse_json(text);
    if (!value) return json_error("parameter " + in_quotes(name) + " is not JSON: " + value.error());
    parameters[name] = std::move(*value);
  }
  return dump_json(
      Json{{"request_id", context.request_id}, {"headers", context.headers}, {"parameters", parameters}});
}

Expected<PluginResult> parse_plugin_result(std::string_view text) {
  auto json = parse_json(text);
  if (!json) return json_error("the plugin's result is not JSON: " + json.error());
  if (!json->is_object()) return json_error("the plugin's result is no JSON object");
  PluginResult result;
  auto success = json->find("success");
  if (success == json->end() || !success->is_boolean()) {
    return json_error("the plugin's result has no boolean \"success\"");
  }
  result.success = success->get<bool>();
  if (auto data = json->find("data"); data != json->end()) result.data = dump_json(*data);
  if (auto error = json->find("error"); error != json->end() && !error->is_null()) {
    result.error = error->is_string() ? error->get<std::string>() : dump_json(*error);
  }
  return result;
}

} // namespace skerry::host
