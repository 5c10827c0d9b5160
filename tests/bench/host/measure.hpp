// Measures the time of repeated work.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

namespace skerry::bench {

using Clock = std::chrono::steady_clock;

inline double microseconds(Clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

/// The value of `values`, which are not empty, below which a `part` of them lies.
inline double percentile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(static_cast<double>(values.size()) * part))];
}

/// Microseconds that f takes: the fastest tenth of many short rounds, which other load on the machine
/// disturbed least.
template <class F> double time_of(F&& f, int calls_in_round = 50, int rounds = 200) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto start = Clock::now();
    for (int i = 0; i < calls_in_round; ++i) f();
    times.push_back(microseconds(Clock::now() - start) / calls_in_round);
  }
  return percentile(std::move(times), 0.1);
}

} // namespace skerry::bench
