// Measures the most heap memory that a piece of code holds, in programs of which one source includes
// tests/support/heap_meter.hpp.
#pragma once

#include <atomic>
#include <cstddef>

namespace skerry::test::heap {

inline std::atomic<size_t> held{0}, most{0};

inline void add(size_t bytes) {
  const size_t now = held += bytes;
  size_t before = most;
  while (before < now && !most.compare_exchange_weak(before, now)) {
  }
}
inline void remove(size_t bytes) { held -= bytes; }

/// The most bytes that were held at any time during `run`, beyond those held now.
template <class Run> size_t peak_of(Run&& run) {
  const size_t before = held;
  most = before;
  run();
  return most - before;
}

} // namespace skerry::test::heap
