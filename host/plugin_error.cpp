// Typed errors of the plugin host, and their one-line JSON.
#include "skerry/host/plugin_error.hpp"

#include "host/json.hpp"
#include "skerry/printable.hpp"

#include <array>

namespace skerry::host {

namespace {

OrderedJson limit_json(const LimitReport& limit) {
  OrderedJson json{{"name", limit.name}, {"unit", limit.unit}};
  if (limit.asked) json["asked"] = *limit.asked;
  json["allowed"] = limit.allowed;
  if (!limit.key.empty()) json["key"] = limit.key;
  return json;
}

OrderedJson frame_json(const Frame& frame) {
  OrderedJson json{{"function", frame.func_index}};
  if (!frame.func_name.empty()) json["name"] = printable(frame.func_name);
  if (!frame.module_name.empty()) json["module"] = printable(frame.module_name);
  if (frame.module_offset != 0) json["offset"] = frame.module_offset;
  return json;
}

/// "  #0 parse (function 12, offset 0x1f3)"
std::string frame_line(size_t number, const Frame& frame) {
  std::string line = "  #" + std::to_string(number) + " ";
  line += frame.func_name.empty() ? "<unnamed>" : printable(frame.func_name);
  line += " (function " + std::to_string(frame.func_index);
  if (frame.module_offset != 0) line += ", offset " + std::to_string(frame.module_offset);
  return line + ")\n";
}

} // namespace

std::string_view phase_name(Phase phase) noexcept {
  constexpr std::array<std::string_view, 8> names{"read",        "decode", "validate", "link",
                                                  "instantiate", "init",   "call",     "reload"};
  return names[static_cast<size_t>(phase)];
}

std::string to_json(const PluginError& error) {
  OrderedJson json;
  json["phase"] = phase_name(error.phase);
  json["code"] = error.code;
  json["message"] = printable(error.message, longest_printed_message);
  if (!error.plugin.empty())
    json["plugin"] = printable(error.plugin); // as it is, where a manifest may have the name
  if (!error.cause.empty()) json["cause"] = {{"phase", phase_name(error.cause_phase)}, {"code", error.cause}};
  if (error.limit) json["limit"] = limit_json(*error.limit);
  if (!error.capabilities.empty()) json["capabilities"] = error.capabilities;
  if (!error.manifest_path.empty()) json["path"] = error.manifest_path;
  if (error.exit_status) json["exit_status"] = *error.exit_status;
  if (error.offset) json["offset"] = *error.offset;
  if (error.func_index) json["function"] = *error.func_index;
  if (error.elapsed) json["elapsed_ms"] = static_cast<double>(error.elapsed->count()) / 1000;
  for (const Frame& frame : error.backtrace) json["backtrace"].push_back(frame_json(frame));
  return dump_json(OrderedJson{{"error", std::move(json)}});
}

std::string describe(const PluginError& error) {
  std::string text = error.plugin.empty() ? "" : "plugin " + printable(error.plugin) + ": ";
  text += std::string(phase_name(error.phase)) + ": " + error.code + ": " +
          (error.cause.empty() ? "" : error.cause + ": ") +
          printable(error.message, longest_printed_message) + "\n";
  for (size_t i = 0; i < error.backtrace.size(); ++i) text += frame_line(i, error.backtrace[i]);
  return text;
}

} // namespace skerry::host
