# Writes HEADER, and leaves it as it is if it has the same text already (SkerryBuild.cmake). The commit is that of the
# working copy; in an archive that git made, that of commit.txt; else unknown.
file(STRINGS "${SOURCE}/.cmake/commit.txt" archived REGEX "^[0-9a-f]+$")
set(commit "${archived}")
find_program(git git)
if(git AND EXISTS "${SOURCE}/.git") # not the repository of a project that contains this one
  execute_process(COMMAND "${CMAKE_COMMAND}" -E env GIT_OPTIONAL_LOCKS=0 "${git}" -C "${SOURCE}"
                          describe --always --dirty --abbrev=12 "--exclude=*"
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
file(CONFIGURE OUTPUT "${HEADER}" CONTENT [[
// Written by .cmake/write_build_header.cmake.
#pragma once

namespace skerry::host::cli::build {

inline constexpr const char* version = "@VERSION@";
inline constexpr const char* commit = "@commit@"; // empty: unknown
inline constexpr const char* compiler = "@COMPILER@";
inline constexpr const char* dispatch = "@DISPATCH@";

} // namespace skerry::host::cli::build
]] @ONLY)
