#include "host/cli/error_json.hpp"

#include "host/support/json.hpp"

#include <charconv>
#include <optional>
#include <string_view>

namespace skerry::host::cli {

namespace {

struct Position {
  uint32_t line = 0, column = 0;
};

std::optional<uint32_t> number_at_end(std::string_view& text) {
  const size_t start = text.find_last_not_of("0123456789") + 1;
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + start, text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text = text.substr(0, start);
  return number;
}

/// Returns the LINE:COLUMN with which messages about texts end (skerry/wat.hpp).
std::optional<Position> position_of(const Error& error) {
  if (error.source().empty()) return std::nullopt;
  std::string_view text = error.message();
  const auto column = number_at_end(text);
  if (!column || !text.ends_with(':')) return std::nullopt;
  text.remove_suffix(1);
  const auto line = number_at_end(text);
  if (!line || !text.ends_with(" at ")) return std::nullopt;
  return Position{*line, *column};
}

OrderedJson frame_json(const Frame& frame) {
  OrderedJson json{{"function", frame.func_index}};
  if (!frame.func_name.empty()) json["name"] = frame.func_name;
  if (!frame.module_name.empty()) json["module"] = frame.module_name;
  if (frame.module_offset != 0 && frame.module_offset != Frame::unknown_offset)
    json["offset"] = frame.module_offset;
  return json;
}

void add_place(OrderedJson& json, const Error& error) {
  if (error.offset() != Error::no_offset) json["offset"] = error.offset();
  if (const auto position = position_of(error)) {
    json["line"] = position->line;
    json["column"] = position->column;
  }
  if (error.func_index() != Error::no_func) json["function"] = error.func_index();
  if (!error.func_name().empty()) json["name"] = error.func_name();
  for (const Frame& frame : error.backtrace()) json["backtrace"].push_back(frame_json(frame));
}

} // namespace

std::string error_json(const std::string& file, const Error& error, const std::string& hint) {
  OrderedJson json{{"kind", kind_name(error.kind())}};
  if (error.code() != ErrorCode::none) json["code"] = code_name(error.code());
  json["message"] = error.message();
  if (!error.feature().empty()) json["feature"] = error.feature();
  if (!file.empty()) json["file"] = file;
  add_place(json, error);
  if (!hint.empty()) json["hint"] = hint;
  return dump_json(OrderedJson{{"error", json}});
}

} // namespace skerry::host::cli
