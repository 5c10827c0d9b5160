# Install rules: libraries, public headers, the command, find_package(skerry COMPONENTS vm wasi host) and pkg-config
# (skerry-vm, skerry-wasi, skerry-host).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/skerry")
set(components vm wasi)
if(SKERRY_HOST)
  list(APPEND components host)
endif()

# From the folder of the .pc files to the prefix, so that the installed tree can be moved.
file(RELATIVE_PATH pc_to_prefix "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
set(requires_vm "")
set(requires_wasi "skerry-vm = ${PROJECT_VERSION}")
set(requires_host "skerry-wasi = ${PROJECT_VERSION}")
if(SKERRY_WITH_HTTP_CLIENT)
  string(APPEND requires_host ", libcurl")
  if(SKERRY_RESOLVER STREQUAL "cares")
    string(APPEND requires_host ", libcares")
    install(FILES "${CMAKE_CURRENT_LIST_DIR}/Findc-ares.cmake" DESTINATION ${package_dir})
  endif()
endif()
foreach(component IN LISTS components)
  install(TARGETS skerry_${component} EXPORT skerry-${component}
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT skerry-${component} NAMESPACE skerry:: DESTINATION ${package_dir})
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${component}/include/" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h" PATTERN "*.def")
  set(pc_name ${component})
  set(pc_requires "${requires_${component}}")
  configure_file("${CMAKE_CURRENT_LIST_DIR}/skerry.pc.in" "${PROJECT_BINARY_DIR}/skerry-${component}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/skerry-${component}.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
if(TARGET skerry)
  if(BUILD_SHARED_LIBS)
    set_target_properties(skerry skerry-plugin PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
  endif()
  install(TARGETS skerry skerry-plugin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(BUILD_SHARED_LIBS)
  foreach(component IN LISTS components)
    set_target_properties(skerry_${component} PROPERTIES INSTALL_RPATH "$ORIGIN")
  endforeach()
endif()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/skerry-config.cmake.in"
  "${PROJECT_BINARY_DIR}/skerry-config.cmake" INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file("${PROJECT_BINARY_DIR}/skerry-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/skerry-config.cmake" "${PROJECT_BINARY_DIR}/skerry-config-version.cmake"
        DESTINATION ${package_dir})
