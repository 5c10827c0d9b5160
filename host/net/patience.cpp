#include "host/net/patience.hpp"

#include <algorithm>

namespace skerry::host {

namespace {

/// The longest time between two checks for an interrupt while a thread waits; WASI has the same value
/// (wasi/wait.cpp).
constexpr auto longest_slice = std::chrono::milliseconds(2);

} // namespace

Patience::Clock::duration Patience::time_left() const {
  return std::max(deadline_ - Clock::now(), Clock::duration::zero());
}

Patience::Clock::duration Patience::longest_wait() const {
  const auto left = time_left();
  return meter_ != nullptr ? std::min<Clock::duration>(left, longest_slice) : left;
}

} // namespace skerry::host
