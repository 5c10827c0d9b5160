// The plugin host's errors as text and as one-line JSON.
#include "skerry/host/plugin_error.hpp"

#include "host/support/error_text.hpp"
#include "host/support/json_text.hpp"
#include "skerry/printable.hpp"

#include <array>

namespace skerry::host {

namespace {

constexpr uint16_t by_phase = 0;
constexpr bool yes = true, no = false;

struct CodeInfo {
  std::string_view text;
  uint16_t http_status;
  bool may_retry;
  Blame blame;
};
constexpr std::array<CodeInfo, plugin_error_codes> code_infos{{
    {"", by_phase, no, Blame::host},
#define SKERRY_PLUGIN_ERROR(name, text, http, retry, blame, ...) {text, http, retry, Blame::blame},
#include "skerry/host/plugin_error_codes.def"
#undef SKERRY_PLUGIN_ERROR
}};

const CodeInfo& info_of(PluginErrorCode code) noexcept { return code_infos[static_cast<size_t>(code)]; }

std::string limit_text(const LimitReport& limit) {
  ObjectText json;
  json.add("name", limit.name).add("unit", limit.unit);
  if (limit.asked) json.add("asked", *limit.asked);
  json.add("allowed", limit.allowed);
  if (!limit.key.empty()) json.add("key", limit.key);
  return json.text();
}

bool has_offset(const Frame& frame) {
  return frame.module_offset != 0 && frame.module_offset != Frame::unknown_offset;
}

std::string frame_text(const Frame& frame) {
  ObjectText json;
  json.add("function", frame.func_index);
  if (!frame.func_name.empty()) json.add("name", printable(frame.func_name));
  if (!frame.module_name.empty()) json.add("module", printable(frame.module_name));
  if (has_offset(frame)) json.add("offset", frame.module_offset);
  return json.text();
}

std::string backtrace_text(const std::vector<Frame>& backtrace) {
  ListText json;
  for (const Frame& frame : backtrace) json.add_text(frame_text(frame));
  return json.text();
}

/// Returns a line such as ` #0 parse (function 12, offset 499)`.
std::string frame_line(size_t number, const Frame& frame) {
  std::string line = "  #" + std::to_string(number) + " ";
  line += frame.func_name.empty() ? "<unnamed>" : printable(frame.func_name);
  line += " (function " + std::to_string(frame.func_index);
  if (has_offset(frame)) line += ", offset " + std::to_string(frame.module_offset);
  return line + ")\n";
}

} // namespace

std::string_view phase_name(Phase phase) noexcept {
  constexpr std::array<std::string_view, 8> names{"read",        "decode", "validate", "link",
                                                  "instantiate", "init",   "call",     "reload"};
  return names[static_cast<size_t>(phase)];
}

std::string_view code_text(PluginErrorCode code) noexcept { return info_of(code).text; }
bool may_retry(PluginErrorCode code) noexcept { return info_of(code).may_retry; }
Blame blame(PluginErrorCode code) noexcept { return info_of(code).blame; }

int http_status(const PluginError& error) noexcept {
  const uint16_t status = info_of(error.code).http_status;
  if (status != by_phase) return status;
  return error.phase == Phase::call ? 502 : 422;
}

std::string error_text(const PluginError& error) {
  ObjectText json;
  json.add("phase", phase_name(error.phase))
      .add("code", code_text(error.code))
      .add("message", printable(error.message, longest_printed_message));
  if (!error.plugin.empty())
    json.add("plugin", printable(error.plugin)); // leaves all names that a manifest may have unchanged
  if (error.cause != PluginErrorCode::none) {
    ObjectText cause;
    cause.add("phase", phase_name(error.cause_phase)).add("code", code_text(error.cause));
    json.add_text("cause", cause.text());
  }
  if (error.limit) json.add_text("limit", limit_text(*error.limit));
  if (!error.capabilities.empty())
    json.add_text("capabilities", ListText().add_all(error.capabilities).text());
  if (!error.manifest_path.empty()) json.add("path", error.manifest_path);
  if (error.exit_status) json.add("exit_status", *error.exit_status);
  if (error.offset) json.add("offset", *error.offset);
  if (error.func_index) json.add("function", *error.func_index);
  if (error.elapsed) json.add("elapsed_ms", static_cast<double>(error.elapsed->count()) / 1000);
  if (!error.backtrace.empty()) json.add_text("backtrace", backtrace_text(error.backtrace));
  return json.text();
}

std::string to_json(const PluginError& error) {
  return ObjectText().add_text("error", error_text(error)).text();
}

std::string describe(const PluginError& error) {
  std::string text = error.plugin.empty() ? "" : "plugin " + printable(error.plugin) + ": ";
  text.append(phase_name(error.phase)).append(": ").append(code_text(error.code)).append(": ");
  if (error.cause != PluginErrorCode::none) text.append(code_text(error.cause)).append(": ");
  text += printable(error.message, longest_printed_message) + "\n";
  for (size_t i = 0; i < error.backtrace.size(); ++i) text += frame_line(i, error.backtrace[i]);
  return text;
}

} // namespace skerry::host
