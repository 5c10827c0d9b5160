# Installs a build into a fresh folder, then builds and runs consumer.cpp against it, found by find_package and, where
# there is pkg-config, by that. The program of README.md is built with the engine alone.
# cmake -DBUILD=… -DWORK=… -DCXX=… -DFLAGS=… -DUNITY=… -DSYSTEM=… -DRESOLVER=… -DCLIENT=… [-DSOURCE=… -DKIND=…] -P run.cmake
# CLIENT: whether BUILD has an HTTP client, if it is not built here.
# SOURCE: the project's folder, which is built first, in BUILD. KIND: "shared" builds shared libraries; "small" builds
# without libcurl, c-ares and Boost, which may then be missing, and checks that what needs them is refused.

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "failed (${status}): ${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(run_consumer program)
  run(${program})
  if(NOT output MATCHES "${refusal_${KIND}}.*installed skerry says 42")
    message(FATAL_ERROR "unexpected output: ${output}")
  endif()
endfunction()

set(options_shared -DBUILD_SHARED_LIBS=ON)
set(without_client -DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON -DCMAKE_DISABLE_FIND_PACKAGE_c-ares=ON)
set(options_small -DSKERRY_WITH_HTTP_CLIENT=OFF -DSKERRY_WITH_SERVER=OFF ${without_client} -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON)
set(consumer_options_small ${without_client})
set(refusal_small "capabilities.allowNetwork.*SKERRY_WITH_HTTP_CLIENT=OFF")
set(refusal_shared "magic header not detected")
if(CLIENT)
  set(refusal_ ${refusal_shared})
else()
  set(refusal_ ${refusal_small})
endif()

file(REMOVE_RECURSE "${WORK}/prefix" "${WORK}/consumer" "${WORK}/engine")
if(SOURCE)
  run(${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja ${options_${KIND}} -DCMAKE_CXX_COMPILER=${CXX}
      -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=${FLAGS}" -DSKERRY_UNITY=${UNITY} -DSKERRY_SYSTEM=${SYSTEM}
      -DSKERRY_RESOLVER=${RESOLVER} -DSKERRY_TESTS=OFF -DSKERRY_EXAMPLES=OFF)
  run(${CMAKE_COMMAND} --build ${BUILD} --parallel 2)
endif()
if(KIND STREQUAL "small")
  include(${CMAKE_CURRENT_LIST_DIR}/refusals.cmake)
endif()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/consumer -G Ninja -DCMAKE_CXX_COMPILER=${CXX}
    -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_BUILD_TYPE=Release ${consumer_options_${KIND}})
run(${CMAKE_COMMAND} --build ${WORK}/consumer)
run_consumer(${WORK}/consumer/consumer)

run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/engine -B ${WORK}/engine -G Ninja -DCMAKE_CXX_COMPILER=${CXX}
    -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_BUILD_TYPE=Release ${without_client})
run(${CMAKE_COMMAND} --build ${WORK}/engine)
run(${WORK}/engine/embedder)
if(NOT output STREQUAL "guest: adding\n42\n")
  message(FATAL_ERROR "unexpected output of the program of README.md: ${output}")
endif()

find_program(pkg_config pkg-config)
if(pkg_config AND NOT KIND STREQUAL "shared")
  file(GLOB pkgconfig_dir "${WORK}/prefix/lib*/pkgconfig" "${WORK}/prefix/lib/*/pkgconfig")
  run(${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${pkgconfig_dir} ${pkg_config} --cflags --libs skerry-host)
  separate_arguments(flags UNIX_COMMAND "${output}")
  run(${CXX} -std=c++20 ${CMAKE_CURRENT_LIST_DIR}/consumer.cpp ${flags} -o ${WORK}/consumer/by_pkg_config)
  run_consumer(${WORK}/consumer/by_pkg_config)
endif()
