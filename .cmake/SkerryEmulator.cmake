# Programs of a build for another processor run under an emulator, which tests that start them by path must not know.

# skerry_runner(TARGET RESULT): sets RESULT to a path that runs the program TARGET on this machine: the program itself,
# or a script that starts the emulator.
function(skerry_runner target result)
  if(NOT CMAKE_CROSSCOMPILING_EMULATOR)
    set(${result} "$<TARGET_FILE:${target}>" PARENT_SCOPE)
    return()
  endif()
  set(script "${CMAKE_BINARY_DIR}/run/${target}")
  set(${result} "${script}" PARENT_SCOPE)
  get_property(is_known GLOBAL PROPERTY skerry_runner_${target})
  if(is_known)
    return()
  endif()
  set_property(GLOBAL PROPERTY skerry_runner_${target} TRUE)
  list(TRANSFORM CMAKE_CROSSCOMPILING_EMULATOR REPLACE "(.+)" "'\\1'" OUTPUT_VARIABLE emulator)
  list(JOIN emulator " " emulator)
  file(GENERATE OUTPUT "${script}" CONTENT "#!/bin/sh\nexec ${emulator} '$<TARGET_FILE:${target}>' \"$@\"\n"
       FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endfunction()
