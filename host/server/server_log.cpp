#include "host/server/server_log.hpp"

#include "host/platform/standard_streams.hpp"
#include "host/support/guest_line.hpp"
#include "host/support/json.hpp"
#include "skerry/printable.hpp"

#include <string>

namespace skerry::host::server {

namespace {

constexpr size_t longest_text = 1000;

std::string text_of(const ReloadEvent& event) {
  return event.plugin + (event.version.empty() ? "" : " ") + event.version + " (" +
         std::string(reload_trigger_name(event.trigger)) + ", xxh3-128:" + event.hash + ")";
}

bool goes_back(const ReloadEvent& event) {
  return event.trigger == ReloadTrigger::rollback || event.trigger == ReloadTrigger::error_rate;
}

} // namespace

ServerLog::ServerLog(bool json)
    : json_(json), sink_(platform::standard_error, json ? LogSink::Format::json : LogSink::Format::text) {}

void ServerLog::line(std::string_view event, std::string_view text, const PluginError* error) {
  if (!json_) {
    std::string line = "skerry: " + std::string(event) + ": " + printable(text, longest_text);
    if (error != nullptr)
      line += ": " + std::string(code_text(error->code)) + ": " +
              printable(error->message, longest_printed_message);
    return sink_.line(line);
  }
  OrderedJson line{{"event", event}, {"text", text}};
  if (error != nullptr) line["error"] = OrderedJson::parse(to_json(*error))["error"];
  sink_.line(dump_json(line));
}

void ServerLog::reload(const ReloadEvent& event) {
  if (json_)
    return sink_.line(
        dump_json(OrderedJson{{"event", "reload"}, {"reload", OrderedJson::parse(to_json(event))}}));
  if (event.outcome == ReloadOutcome::failed)
    line("not reloaded", text_of(event), event.error ? &*event.error : nullptr);
  else if (event.step == ReloadStep::swap)
    line(goes_back(event) ? "rolled back" : "reloaded", text_of(event));
}

void ServerLog::guest(std::string_view plugin, std::string_view level, std::string_view text) {
  if (!json_) return sink_.line(guest_line(plugin, level, text));
  sink_.line(dump_json(OrderedJson{{"event", "guest"},
                                   {"plugin", plugin},
                                   {"level", level},
                                   {"text", printable(text, longest_printed_message)}}));
}

} // namespace skerry::host::server
