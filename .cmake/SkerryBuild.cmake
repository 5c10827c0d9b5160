# What `skerry version` says about a build. The header skerry_build.hpp has it: one source includes that header, so that
# a commit makes one source be compiled again.
#
#   skerry_write_build_header(TARGET SOURCE)   writes the header before each build of TARGET, if anything has changed

set(skerry_build_script "${CMAKE_CURRENT_LIST_DIR}/write_build_header.cmake")

function(skerry_write_build_header target source)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/build_header")
  set(command "${CMAKE_COMMAND}" "-DSOURCE=${PROJECT_SOURCE_DIR}" "-DHEADER=${folder}/skerry_build.hpp"
      "-DVERSION=${PROJECT_VERSION}" "-DDISPATCH=${SKERRY_DISPATCH_USED}"
      "-DCOMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} for ${CMAKE_SYSTEM_NAME} ${CMAKE_SYSTEM_PROCESSOR}"
      -P "${skerry_build_script}")
  execute_process(COMMAND ${command} COMMAND_ERROR_IS_FATAL ANY) # for tools that read sources without a build
  add_custom_target(${target}_build_header COMMAND ${command} BYPRODUCTS "${folder}/skerry_build.hpp"
                    COMMENT "Looking for a new commit" VERBATIM)
  add_dependencies(${target} ${target}_build_header)
  set_source_files_properties("${source}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON INCLUDE_DIRECTORIES "${folder}")
endfunction()
