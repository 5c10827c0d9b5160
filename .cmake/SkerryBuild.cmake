# What `skerry version` says about a build: host/cli/build_info.hpp. The source that defines it is written, so that a commit
# makes only this source be compiled again.
#
#   skerry_add_build_info(TARGET)   adds the source to TARGET, and writes it before each build if anything has changed

set(skerry_build_script "${CMAKE_CURRENT_LIST_DIR}/write_build_info.cmake")

function(skerry_add_build_info target)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/build_info.cpp")
  set(command "${CMAKE_COMMAND}" "-DROOT=${PROJECT_SOURCE_DIR}" "-DSOURCE=${source}"
      "-DVERSION=${PROJECT_VERSION}" "-DDISPATCH=${SKERRY_DISPATCH_USED}"
      "-DCOMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} for ${CMAKE_SYSTEM_NAME} ${CMAKE_SYSTEM_PROCESSOR}"
      -P "${skerry_build_script}")
  execute_process(COMMAND ${command} COMMAND_ERROR_IS_FATAL ANY)
  add_custom_target(${target}_build_info COMMAND ${command} BYPRODUCTS "${source}" COMMENT "Looking for a new commit"
                    VERBATIM)
  add_dependencies(${target} ${target}_build_info)
  target_sources(${target} PRIVATE "${source}")
  set_source_files_properties("${source}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
