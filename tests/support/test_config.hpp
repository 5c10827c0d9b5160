// The modes in which execution tests run. A test case with the tag [exec] makes its engines with
// test_config(), and ctest runs it once in each mode (tests/CMakeLists.txt lists them); its checks must hold
// in all modes.
#pragma once

#include "skerry/config.hpp"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace skerry::test {

/// "default", "slice1" (checks deadline and interrupt after each instruction), "move_stack" (checks every few
/// instructions, and gives the value stack a new address each time, and memories one at each growth),
/// "no_fusion" (no superinstructions), "trace" (the first instructions of each engine are traced, to
/// nowhere).
inline std::string_view test_mode() {
  const char* mode = std::getenv("SKERRY_TEST_MODE");
  return mode != nullptr ? mode : "default";
}

inline Config test_config() {
  Config config;
  const std::string_view mode = test_mode();
  if (mode == "slice1") config.fuel_slice = 1;
  if (mode == "move_stack")
    config.fuel_slice = 13; // each slice copies the stack, which is long when it overflows
  config.move_stack = mode == "move_stack";
  config.fusion = mode != "no_fusion";
  if (mode == "trace")
    config.trace = [left = std::make_shared<std::atomic<int>>(20'000)](std::string_view) {
      return left->fetch_sub(1) > 0;
    };
  return config;
}

} // namespace skerry::test
