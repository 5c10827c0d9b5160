#include "host/cli/style.hpp"

#include "host/platform/terminal.hpp"

#include <cstdlib>

namespace skerry::host::cli {

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string_view start_of(Style style) {
  switch (style) {
  case Style::error: return "\x1b[1;31m";
  case Style::note: return "\x1b[36m";
  case Style::heading: return "\x1b[1m";
  }
  return "";
}

} // namespace

bool has_colours(int descriptor) {
  return variable("NO_COLOR").empty() && !variable("TERM").empty() && variable("TERM") != "dumb" &&
         platform::is_terminal(descriptor);
}

std::string styled(Style style, std::string_view text, bool coloured) {
  if (!coloured) return std::string(text);
  return std::string(start_of(style)) + std::string(text) + "\x1b[0m";
}

} // namespace skerry::host::cli
