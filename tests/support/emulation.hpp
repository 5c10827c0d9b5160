// Skips tests that cannot pass under qemu-user, which runs the programs of builds for other processors, with
// the system calls of POSIX alone (SKERRY_SYSTEM=posix), or with addresses of 32 bits.
#pragma once

#include "tests/catch.hpp"

namespace skerry::test {

#if defined(SKERRY_TEST_EMULATED)
inline constexpr bool is_emulated = true;
#else
inline constexpr bool is_emulated = false;
#endif

/// True if the test runs under qemu-user, which has the fault `reason`. Prints the line from which ctest
/// learns that the test is skipped, so the test must then return.
inline bool cannot_be_emulated(const char* reason) {
  if (is_emulated) WARN("skipped: qemu-user " << reason);
  return is_emulated;
}

#if defined(SKERRY_TEST_POSIX)
inline constexpr bool is_posix_only = true;
#else
inline constexpr bool is_posix_only = false;
#endif

/// True in a build with SKERRY_SYSTEM=posix, where the test cannot pass because POSIX `reason`. Prints the
/// line from which ctest learns that the test is skipped, so the test must then return.
inline bool posix_lacks(const char* reason) {
  if (is_posix_only) WARN("skipped: POSIX " << reason);
  return is_posix_only;
}

/// True if addresses have 32 bits and the test `reason`. Prints the line from which ctest learns that the
/// test is skipped, so the test must then return.
inline bool exceeds_32_bits(const char* reason) {
  constexpr bool is_small = sizeof(void*) == 4;
  if (is_small) WARN("skipped: with addresses of 32 bits, it " << reason);
  return is_small;
}

} // namespace skerry::test
