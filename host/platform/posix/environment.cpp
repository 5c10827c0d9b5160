// The environment variables, from environ.
#include "host/platform/environment.hpp"

#include <string_view>

// POSIX leaves the declaration to the program; glibc makes it, too.
extern "C" char** environ; // NOLINT(readability-redundant-declaration)

namespace skerry::platform {

std::vector<std::pair<std::string, std::string>> environment() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals != text.npos) variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

} // namespace skerry::platform
