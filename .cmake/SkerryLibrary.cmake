# The folders below platform/ whose sources are compiled, the most particular one first. A source in one of them replaces
# the sources with the same name in the folders after it (docs/porting.md).
set(skerry_system_folders_linux linux posix)
set(skerry_system_folders_posix posix)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(default_system linux)
else()
  set(default_system posix)
endif()
set(SKERRY_SYSTEM "${default_system}" CACHE STRING "Whose system calls are used: linux | posix (the fallbacks of linux)")
set_property(CACHE SKERRY_SYSTEM PROPERTY STRINGS linux posix)
if(NOT DEFINED skerry_system_folders_${SKERRY_SYSTEM})
  message(FATAL_ERROR "SKERRY_SYSTEM must be linux or posix, not '${SKERRY_SYSTEM}'")
endif()

# skerry_keep_system_sources(LIST): removes the sources of other systems from the variable LIST.
function(skerry_keep_system_sources list)
  set(others ${${list}})
  list(FILTER others INCLUDE REGEX "/platform/[^/]+/")
  set(kept ${${list}})
  list(FILTER kept EXCLUDE REGEX "/platform/[^/]+/")
  set(seen)
  foreach(folder IN LISTS skerry_system_folders_${SKERRY_SYSTEM})
    foreach(source IN LISTS others)
      string(REGEX REPLACE "/platform/[^/]+/" "/platform/" place "${source}")
      if(source MATCHES "/platform/${folder}/" AND NOT place IN_LIST seen)
        list(APPEND seen "${place}")
        list(APPEND kept "${source}")
      endif()
    endforeach()
  endforeach()
  set(${list} "${kept}" PARENT_SCOPE)
endfunction()

# skerry_add_library(name FOLDER [STATIC] [EXCLUDE regex]): library `skerry_<name>`, alias `skerry::<name>`, of all .cpp files
# below FOLDER; public headers in FOLDER/include. STATIC: even when BUILD_SHARED_LIBS is on. New files are noticed by themselves. A folder without sources gives
# an empty library, so that parts of the project can be configured before they exist.
function(skerry_add_library name folder)
  cmake_parse_arguments(ARG "STATIC" "EXCLUDE" "" ${ARGN})
  set(target skerry_${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  if(ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${ARG_EXCLUDE}")
  endif()
  skerry_keep_system_sources(sources)
  if(NOT sources)
    set(sources "${CMAKE_CURRENT_BINARY_DIR}/${target}_empty.cpp")
    file(CONFIGURE OUTPUT "${sources}" CONTENT "namespace skerry {}\n")
  endif()

  set(kind)
  if(ARG_STATIC)
    set(kind STATIC)
  endif()
  add_library(${target} ${kind} ${sources})
  skerry_unite_sources(${target} "${folder}")
  add_library(skerry::${name} ALIAS ${target})
  # Static and shared objects are compiled with the same flags, so that a compiler cache serves both.
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON DEFINE_SYMBOL ""
                        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_compile_options(${target} PRIVATE -fno-semantic-interposition)
  if(CMAKE_SIZEOF_VOID_P EQUAL 4 AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # Sizes that guests name have 64 bits: each becomes a size_t with a check, or visibly without one.
    target_compile_options(${target} PRIVATE -Wshorten-64-to-32)
  endif()
  # Public headers are C++20 (tests/cpp20); the sources are C++23.
  target_compile_features(${target} PUBLIC cxx_std_20 PRIVATE cxx_std_23)
  target_include_directories(${target}
    PUBLIC "$<BUILD_INTERFACE:${folder}/include>" "$<INSTALL_INTERFACE:include>"
    PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE "$<BUILD_INTERFACE:skerry_flags>")
endfunction()

# With SKERRY_UNITY: the sources of one folder are compiled as one, which takes a third of the time from nothing. Not
# those in exec folders, whose compilation is long because of themselves and not of what they include.
function(skerry_unite_sources target folder)
  if(NOT SKERRY_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY "${folder}" OUTPUT_VARIABLE relative)
    if(NOT relative MATCHES "^exec/")
      cmake_path(GET relative PARENT_PATH group)
      string(MAKE_C_IDENTIFIER "${group}_sources" group)
      set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${group}")
    endif()
  endforeach()
endfunction()

# Headers that take long to compile and that most of the target's sources include. Sources include what they use all the
# same. The options are for the compiler cache, which needs CCACHE_SLOPPINESS=pch_defines,time_macros, too.
function(skerry_precompile_headers target)
  target_compile_options(${target} PRIVATE
    $<IF:$<CXX_COMPILER_ID:GNU>,-fpch-preprocess,SHELL:-Xclang -fno-pch-timestamp>)
  target_precompile_headers(${target} PRIVATE ${ARGN})
endfunction()
