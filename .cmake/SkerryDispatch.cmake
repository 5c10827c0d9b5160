# Decides how a handler of threaded code reaches the next one and defines exactly one of SKERRY_DISPATCH_TAILCALL,
# SKERRY_DISPATCH_MUSTTAIL, SKERRY_DISPATCH_SIBLING, SKERRY_DISPATCH_TRAMPOLINE to 1, on the target skerry_dispatch.
#
#   tailcall    [[clang::musttail]] and preserve_none: guaranteed by the compiler (clang 19 on x86-64 and AArch64)
#   musttail    [[clang::musttail]] with the platform's calling convention: guaranteed too, with no VM registers (clang
#               before 19, RISC-V)
#   sibling     plain `return next(…)`: an optimization that no compiler promises, so it is proved here by looking
#               at what this compiler makes of it with this build's flags
#   trampoline  a loop calls one handler after the other: works everywhere, about half the speed

set(dispatch_checks "${CMAKE_CURRENT_LIST_DIR}/checks")
# Options for vm/exec, where the handlers are. Hidden: a call through a PLT may clobber registers that preserve_none
# passes arguments in.
# No exceptions and no unwind tables: no exception ever passes a handler (what handlers call catches them,
# vm/exec/activation.hpp), and with tens of thousands of handlers the tables are a quarter of the library.
# No errno: the square root is one instruction, without a look for the negative numbers that the C library reports.
set(SKERRY_EXEC_OPTIONS -fomit-frame-pointer -fno-stack-protector -fvisibility=hidden -fno-math-errno
  -fno-exceptions -fno-asynchronous-unwind-tables -fno-unwind-tables)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
  list(APPEND SKERRY_EXEC_OPTIONS -fcf-protection=none)
endif()

# Compiles a check file to assembly with the flags that vm/exec is compiled with. Result: path, or "" on failure.
function(skerry_assemble_check file result)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  if(CMAKE_CXX_COMPILER_TARGET) # the flags do not include the target, which CMake adds itself
    list(APPEND flags "--target=${CMAKE_CXX_COMPILER_TARGET}")
  endif()
  if(CMAKE_SYSROOT)
    list(APPEND flags "--sysroot=${CMAKE_SYSROOT}")
  endif()
  get_directory_property(directory_options COMPILE_OPTIONS)
  set(output "${CMAKE_BINARY_DIR}/CMakeFiles/${file}.s")
  execute_process(
    COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 ${flags} ${directory_options} ${SKERRY_EXEC_OPTIONS} -fPIC -S
            "${dispatch_checks}/${file}" -o "${output}"
    RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
  if(status EQUAL 0)
    set(${result} "${output}" PARENT_SCOPE)
  else()
    set(${result} "" PARENT_SCOPE)
  endif()
endfunction()

# True when the handlers of the check file jump to each other and never call.
function(skerry_check_sibling_calls result)
  set(${result} FALSE PARENT_SCOPE)
  skerry_assemble_check(sibling_calls.cpp assembly)
  if(NOT assembly)
    return()
  endif()
  file(STRINGS "${assembly}" calls REGEX "^[ \t]+(call|callq|bl|blr|blx|jalr)[ \t]")
  file(STRINGS "${assembly}" jumps REGEX "^[ \t]+(jmp|jmpq)[ \t]+\\*|^[ \t]+br[ \t]+x[0-9]+")
  list(LENGTH jumps jump_count)
  # The check file has four handlers, one of them with two ways on: five dispatches, which may share code.
  if(NOT calls AND jump_count GREATER_EQUAL 4)
    set(${result} TRUE PARENT_SCOPE)
  endif()
endfunction()

# True when the check file KIND.cpp can be compiled.
function(skerry_check_guarantee kind result)
  skerry_assemble_check(${kind}.cpp assembly)
  if(assembly)
    set(${result} TRUE PARENT_SCOPE)
  else()
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

# Sets RESULT to the best dispatch that this compiler has with this build's flags.
function(skerry_best_dispatch result)
  foreach(kind tailcall musttail)
    skerry_check_guarantee(${kind} is_guaranteed)
    if(is_guaranteed)
      set(${result} ${kind} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  skerry_check_sibling_calls(has_sibling_calls)
  if(has_sibling_calls)
    set(${result} sibling PARENT_SCOPE)
  else()
    set(${result} trampoline PARENT_SCOPE)
  endif()
endfunction()

set(dispatch ${SKERRY_DISPATCH})
if(dispatch STREQUAL "auto")
  if(SKERRY_SANITIZE OR SKERRY_FUZZ OR CMAKE_BUILD_TYPE STREQUAL "Debug")
    set(dispatch trampoline)
  else()
    skerry_best_dispatch(dispatch)
  endif()
elseif(dispatch STREQUAL "sibling")
  skerry_check_sibling_calls(has_sibling_calls)
  if(NOT has_sibling_calls)
    message(FATAL_ERROR "SKERRY_DISPATCH=sibling, but this compiler does not make sibling calls with these flags. "
                        "Compile with -O2, or use SKERRY_DISPATCH=trampoline.")
  endif()
elseif(NOT dispatch MATCHES "^(tailcall|musttail|trampoline)$")
  message(FATAL_ERROR "SKERRY_DISPATCH must be auto, tailcall, musttail, sibling or trampoline, not '${dispatch}'")
endif()

set(SKERRY_DISPATCH_USED ${dispatch})
message(STATUS "Dispatch: ${SKERRY_DISPATCH_USED}")
add_library(skerry_dispatch INTERFACE)
string(TOUPPER ${SKERRY_DISPATCH_USED} dispatch)
target_compile_definitions(skerry_dispatch INTERFACE SKERRY_DISPATCH_${dispatch}=1)
