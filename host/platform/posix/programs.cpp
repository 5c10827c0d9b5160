// Replaces the running program with execv.
#include "host/platform/programs.hpp"

#include <unistd.h>

#include <cerrno>

namespace skerry::platform {

std::error_code become_program(const std::filesystem::path& program, char* const* arguments) noexcept {
  ::execv(program.c_str(), arguments);
  return {errno, std::generic_category()};
}

} // namespace skerry::platform
