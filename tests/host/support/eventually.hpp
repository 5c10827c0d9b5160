// Waiting for what other threads do, with an end.
#pragma once

#include <chrono>
#include <thread>

namespace skerry::host::test {

inline constexpr auto longest_wait = std::chrono::seconds(60); // a loaded machine; nothing passes by waiting

/// Waits until `condition` holds. False: it never did.
template <class Condition> bool eventually(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + longest_wait;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

} // namespace skerry::host::test
