# Guest programs for examples, tests and benchmarks: C to wasm with clang's own wasm back end and Debian's wasi-libc.
#
#   skerry_add_guest(target OUTPUT file.wasm SOURCES a.c … [HEADERS a.h …] [OPTIONS …])
#
# makes a target that leaves OUTPUT (relative to the current binary folder); property SKERRY_WASM has its path.
# SKERRY_CAN_BUILD_GUESTS says whether the tools are there.

find_program(SKERRY_GUEST_CC NAMES clang-19 clang)
find_program(SKERRY_WASM_LD NAMES wasm-ld-19 wasm-ld)
find_file(SKERRY_WASI_LIBC NAMES libc.a PATHS /usr/lib/wasm32-wasi /opt/wasi-sdk/share/wasi-sysroot/lib/wasm32-wasi
          NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
if(SKERRY_GUEST_CC AND SKERRY_WASM_LD AND SKERRY_WASI_LIBC)
  set(SKERRY_CAN_BUILD_GUESTS TRUE)
else()
  set(SKERRY_CAN_BUILD_GUESTS FALSE)
  message(STATUS "Guests: not built (needs clang-19, lld-19, wasi-libc and libclang-rt-19-dev-wasm32)")
endif()

function(skerry_add_guest target)
  cmake_parse_arguments(ARG "" "OUTPUT" "SOURCES;HEADERS;OPTIONS" ${ARGN})
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${ARG_OUTPUT}")
  foreach(kind IN ITEMS SOURCES HEADERS)
    set(${kind})
    foreach(file IN LISTS ARG_${kind})
      cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
      list(APPEND ${kind} "${file}")
    endforeach()
  endforeach()
  cmake_path(GET output PARENT_PATH folder)
  file(MAKE_DIRECTORY "${folder}")
  # The linker gets no -O: with it clang runs wasm-opt if that is installed, so that the module would depend on the machine
  # and would have no names. -mexec-model is an option for the linker alone.
  set(clang ${SKERRY_GUEST_CC} --target=wasm32-wasi -Wno-unused-command-line-argument)
  set(compile_options ${ARG_OPTIONS})
  list(FILTER compile_options EXCLUDE REGEX "^-mexec-model")
  set(link_options ${ARG_OPTIONS})
  list(FILTER link_options EXCLUDE REGEX "^-O")
  set(compile)
  set(objects)
  foreach(source IN LISTS SOURCES)
    list(LENGTH objects number)
    list(APPEND objects "${output}.${number}.o")
    list(APPEND compile COMMAND ${clang} -O2 -Wall ${compile_options} -c ${source} -o "${output}.${number}.o")
  endforeach()
  add_custom_command(
    OUTPUT "${output}"
    ${compile}
    COMMAND ${clang} ${link_options} ${objects} -o "${output}"
    DEPENDS ${SOURCES} ${HEADERS}
    COMMENT "Compiling guest ${ARG_OUTPUT}" VERBATIM)
  add_custom_target(${target} ALL DEPENDS "${output}")
  set_target_properties(${target} PROPERTIES SKERRY_WASM "${output}")
endfunction()
