// Converts PluginMeta, PluginContext and PluginResult to and from JSON.
#include "skerry/host/plugin_types.hpp"

#include "host/support/fail.hpp"
#include "host/support/json_text.hpp"
#include "skerry/printable.hpp"

namespace skerry::host {

namespace {

Unexpected<PluginError> json_error(std::string_view message) {
  return fail(make_error("", Phase::call, PluginErrorCode::json, message));
}

} // namespace

std::string to_json(const PluginMeta& meta) {
  return ObjectText()
      .add("name", meta.name)
      .add("version", meta.version)
      .add("description", meta.description)
      .add("author", meta.author)
      .text();
}

Expected<std::string> to_json(const PluginContext& context) {
  ObjectText parameters;
  for (const auto& [name, text] : context.parameters) {
    const auto value = parse_json(text);
    if (!value) return json_error("parameter " + in_quotes(name) + " is not JSON: " + value.error());
    parameters.add_text(name, dump_json(*value));
  }
  return ObjectText()
      .add_text("headers", ObjectText().add_all(context.headers).text())
      .add_text("parameters", parameters.text())
      .add("request_id", context.request_id)
      .text();
}

Expected<PluginResult> parse_plugin_result(std::string_view text) {
  auto json = parse_json(text);
  if (!json) return json_error("the plugin's result is not JSON: " + json.error());
  if (!json->is_object()) return json_error("the plugin's result is not a JSON object");
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
