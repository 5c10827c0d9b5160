#include "host/cli/load.hpp"

#include "host/cli/output.hpp"
#include "skerry/printable.hpp"
#include "skerry/wat.hpp"

#include <string_view>

namespace skerry::host::cli {

std::string_view text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

namespace {

/// True for the text format, which begins with a parenthesis or a comment, after white space.
bool looks_like_text(const std::vector<std::byte>& bytes) {
  std::string_view text = text_of(bytes);
  size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '(' || text[first] == ';');
}

} // namespace

FileBytes read_input(const std::string& file, uint64_t limit) {
  return file == "-" ? read_standard_input(limit) : read_file(file, limit);
}

std::string shown_name(const std::string& file) {
  return file == "-" ? standard_input_name : printable(file);
}

Result<std::vector<std::byte>> read_module_bytes(const Engine& engine, const std::string& file,
                                                 Deadline deadline) {
  auto bytes = read_input(file, engine.config().module_limits.module_bytes);
  if (bytes && !looks_like_text(*bytes)) return std::move(*bytes);
  if (bytes) return wat::to_binary(text_of(*bytes), {.deadline = deadline});
  if (bytes.error().too_large)
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded, bytes.error().message));
  return fail(Error(ErrorKind::io, ErrorCode::none, bytes.error().message));
}

Result<Module> load_module(const Engine& engine, const std::string& file, Deadline deadline) {
  auto bytes = read_module_bytes(engine, file, deadline);
  if (!bytes) return fail(std::move(bytes.error()));
  return Module::compile(engine, std::move(*bytes), {.deadline = deadline});
}

void complain_about(const std::string& file, const Error& error, Deadline deadline) {
  const std::string name = shown_name(file);
  const bool names_file = error.kind() == ErrorKind::io && error.message().starts_with(name);
  complain_in_lines(names_file ? error.message() : name + ": " + error.describe(), deadline);
}

} // namespace skerry::host::cli
