#include "host/cli/error_json.hpp"

#include "host/support/json.hpp"

namespace skerry::host::cli {

namespace {

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
  if (const auto position = error.position()) {
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
