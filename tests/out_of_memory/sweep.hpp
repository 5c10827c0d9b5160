// Repeats a piece of work; each time another one of its allocations fails.
#pragma once

#include "skerry/error.hpp"
#include "tests/catch.hpp"
#include "tests/out_of_memory/failing_allocator.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace skerry::test {

/// True if the error says that memory ran out, in the words of Error::out_of_memory or of memory that the
/// system refuses.
inline bool says_out_of_memory(ErrorKind kind, std::string_view message) {
  return kind == ErrorKind::limit &&
         (message.starts_with("out of memory") || message.starts_with("the system refuses"));
}
inline bool says_out_of_memory(const Error& error) {
  return says_out_of_memory(error.kind(), error.message());
}

/// Selects the allocations of `total` that fail: all if there are few. Otherwise half of `most` are the first
/// ones, where a scenario's early errors are, and the others lie at equal distances.
inline std::vector<uint64_t> failures(uint64_t total, uint64_t most) {
  std::vector<uint64_t> chosen;
  const uint64_t single = total <= most ? total : most / 2;
  for (uint64_t n = 1; n <= single; ++n) chosen.push_back(n);
  if (single == total) return chosen;
  const uint64_t stride = std::max<uint64_t>((total - single) / std::max<uint64_t>(most - single, 1), 1);
  for (uint64_t n = single + stride; n <= total; n += stride) chosen.push_back(n);
  return chosen;
}

/// One run, in which the n-th allocation fails. Returns how many allocations were made.
template <class Scenario, class... Args> uint64_t run_once(uint64_t nth, Failing how, const Args&... args) {
  uint64_t made = 0;
  Scenario scenario(args...);
  {
    const FailingAllocator failing(nth, how);
    scenario.attempt();
    made = failing.made();
  }
  INFO("allocation " << nth << (how == Failing::once ? " failed" : " and all behind it failed"));
  scenario.check(nth != 0);
  return made;
}

/// Each run makes a new Scenario without failures. Then attempt() runs with one failure. Then check(may_fail)
/// runs without failures and returns what was wrong; everything that the scenario has made must still be
/// usable. After the scenario's destruction nothing is left of it.
template <class Scenario, class... Args> void sweep(uint64_t most_runs, const Args&... args) {
  // The first runs fill caches that stay, also those of the test framework.
  run_once<Scenario>(1, Failing::once, args...);
  const uint64_t total = run_once<Scenario>(0, Failing::once, args...);
  for (const Failing how : {Failing::once, Failing::from_then_on}) {
    for (const uint64_t nth : failures(total, most_runs)) {
      const int64_t before = live_blocks();
      run_once<Scenario>(nth, how, args...);
      const int64_t left = live_blocks() - before;
      if (left != 0)
        FAIL(left << " blocks are left after allocation " << nth << " of " << total << " failed");
    }
  }
}

} // namespace skerry::test
