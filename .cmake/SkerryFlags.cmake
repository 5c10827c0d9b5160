# Language level, warnings, sanitizers, linker and compiler cache for everything in this project. Consumers of an
# installed or embedded Skerry get none of it but the language level.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(SKERRY_CCACHE ccache)
if(SKERRY_CCACHE AND PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths relative to the project: several clones on one machine share what they compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_ctime,include_file_mtime ${SKERRY_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

find_package(Threads REQUIRED)

if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  # Files of more than 2 GiB and times after 2038 where the C library has a choice.
  add_compile_definitions(_FILE_OFFSET_BITS=64 _TIME_BITS=64)
endif()

# What every target of the project is compiled with.
add_library(skerry_flags INTERFACE)
target_compile_options(skerry_flags INTERFACE
  -Wall -Wextra -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wimplicit-fallthrough
  -Wvla
  $<$<NOT:$<BOOL:${SKERRY_UNITY}>>:-Wshadow> # a name local to another file is no shadow
  $<$<BOOL:${SKERRY_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(skerry_flags INTERFACE
    -Wextra-semi -Wunreachable-code-break -Wnewline-eof -fcolor-diagnostics
    # Clang before 19 refuses constexpr functions that are never constant, such as square roots.
    $<$<VERSION_LESS:$<CXX_COMPILER_VERSION>,19>:-Wno-invalid-constexpr>)
else()
  # GCC 12 warns about values that it cannot prove are set or in range, in std::expected and std::variant; its
  # -Wshadow also counts a constructor's parameter named as a member function.
  target_compile_options(skerry_flags INTERFACE
    $<$<BOOL:${SKERRY_UNITY}>:-Wno-subobject-linkage> # seen only where a source is included into another
    -Wno-maybe-uninitialized -Wno-shadow -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
    -fdiagnostics-color)
endif()

if(SKERRY_SANITIZE)
  set(sanitize -fsanitize=${SKERRY_SANITIZE} -fno-omit-frame-pointer)
  if(SKERRY_SANITIZE MATCHES "undefined")
    list(APPEND sanitize -fno-sanitize-recover=undefined)
  endif()
  add_compile_options(${sanitize})
  add_link_options(${sanitize})
endif()

if(SKERRY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link) # coverage; the fuzz targets themselves link libFuzzer
endif()

# lld links several times faster than GNU ld; only with clang, whose version it has to match.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND NOT APPLE)
  string(REGEX MATCH "^[0-9]+" clang_major "${CMAKE_CXX_COMPILER_VERSION}")
  find_program(SKERRY_LLD NAMES ld.lld-${clang_major} ld.lld)
  if(SKERRY_LLD)
    add_link_options(--ld-path=${SKERRY_LLD})
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_SYSTEM_PROCESSOR STREQUAL "s390x")
  add_link_options("-Wl,-T,${CMAKE_CURRENT_LIST_DIR}/s390x.ld")
endif()
