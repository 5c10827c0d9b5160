# Writes SOURCE, and leaves it as it is if it has the same text already (SkerryBuild.cmake). The commit is that of the
# working copy ROOT; in an archive that git made, that of commit.txt; else unknown.
file(STRINGS "${ROOT}/.cmake/commit.txt" commit REGEX "^[0-9a-f]+$")
find_program(git git)
if(git AND EXISTS "${ROOT}/.git") # not the repository of a project that contains this one
  execute_process(COMMAND "${CMAKE_COMMAND}" -E env GIT_OPTIONAL_LOCKS=0 "${git}" -C "${ROOT}"
                          describe --always --dirty --abbrev=12 "--exclude=*"
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
file(CONFIGURE OUTPUT "${SOURCE}" CONTENT [[
// Written by .cmake/write_build_info.cmake.
#include "host/cli/build_info.hpp"

const skerry::host::cli::BuildInfo skerry::host::cli::build_info{
    .version = "@VERSION@", .commit = "@commit@", .compiler = "@COMPILER@", .dispatch = "@DISPATCH@"};
]] @ONLY)
