# The oldest compilers that can build Skerry, and the only list of them. Older ones are refused when the build is
# configured, because their errors would not say what is missing.
set(SKERRY_OLDEST_Clang 14)
set(SKERRY_OLDEST_GNU 12)

set(oldest ${SKERRY_OLDEST_${CMAKE_CXX_COMPILER_ID}})
if(oldest AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS oldest)
  message(FATAL_ERROR
    "Skerry needs clang ${SKERRY_OLDEST_Clang} or newer, or GCC ${SKERRY_OLDEST_GNU} or newer. This is "
    "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER}). Choose another compiler with "
    "-DCMAKE_CXX_COMPILER=…, in an empty build folder.")
endif()
