# find_package(c-ares [VERSION]): target c-ares::cares. Of the package that c-ares installs if it is built with CMake; else,
# as on Debian, of its header and library. Installed with Skerry, whose library host needs it.
find_package(c-ares ${c-ares_FIND_VERSION} CONFIG QUIET)
if(NOT TARGET c-ares::cares)
  find_path(C_ARES_INCLUDE_DIR ares.h)
  find_library(C_ARES_LIBRARY NAMES cares)
  mark_as_advanced(C_ARES_INCLUDE_DIR C_ARES_LIBRARY)
  if(C_ARES_INCLUDE_DIR AND EXISTS "${C_ARES_INCLUDE_DIR}/ares_version.h")
    file(STRINGS "${C_ARES_INCLUDE_DIR}/ares_version.h" c-ares_VERSION REGEX "^#define ARES_VERSION_STR ")
    string(REGEX MATCH "[0-9.]+" c-ares_VERSION "${c-ares_VERSION}")
  endif()
  include(FindPackageHandleStandardArgs)
  find_package_handle_standard_args(c-ares REQUIRED_VARS C_ARES_LIBRARY C_ARES_INCLUDE_DIR VERSION_VAR c-ares_VERSION)
  if(c-ares_FOUND)
    add_library(c-ares::cares UNKNOWN IMPORTED)
    set_target_properties(c-ares::cares PROPERTIES IMPORTED_LOCATION "${C_ARES_LIBRARY}"
                          INTERFACE_INCLUDE_DIRECTORIES "${C_ARES_INCLUDE_DIR}")
  endif()
endif()
