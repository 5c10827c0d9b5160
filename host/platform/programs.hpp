// The program of this process, and other programs. Internal.
#pragma once

#include "skerry/expected.hpp"

#include <filesystem>
#include <system_error>

namespace skerry::platform {

/// Returns the path of the running program, through symbolic links. `invoked_as` is the first argument of
/// `main`; systems that can report the path of a running program ignore this argument.
[[nodiscard]] Expected<std::filesystem::path, std::error_code> program_path(const char* invoked_as);

/// Replaces the running program by `program`. `arguments` ends with a null pointer, and its first item is
/// the program's name. Returns only if `program` cannot be started.
std::error_code become_program(const std::filesystem::path& program, char* const* arguments) noexcept;

} // namespace skerry::platform
