// Waits for sockets with poll.
#include "host/platform/sockets.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <thread>

namespace skerry::platform {

namespace {

constexpr size_t most_sockets = 64; // more than any caller has; further sockets are never ready
constexpr std::chrono::milliseconds longest_poll = std::chrono::hours(1);

pollfd request(const WatchedSocket& one) noexcept {
  return {one.socket, static_cast<short>((one.read ? POLLIN : 0) | (one.write ? POLLOUT : 0)), 0};
}

void keep_ready(WatchedSocket& one, short found) noexcept {
  const bool broken = (found & (POLLERR | POLLHUP | POLLNVAL)) != 0;
  one.read = one.read && (broken || (found & POLLIN) != 0);
  one.write = one.write && (broken || (found & POLLOUT) != 0);
}

} // namespace

void wait_for_sockets(std::span<WatchedSocket> sockets, std::chrono::nanoseconds time) noexcept {
  std::array<pollfd, most_sockets> requests;
  const size_t count = std::min(sockets.size(), most_sockets);
  std::transform(sockets.begin(), sockets.begin() + static_cast<std::ptrdiff_t>(count), requests.begin(),
                 request);
  // poll takes whole milliseconds. Rounding up would pass a deadline, and rounding down would spin.
  const auto whole = std::min(std::chrono::floor<std::chrono::milliseconds>(time), longest_poll);
  int ready = ::poll(requests.data(), count, static_cast<int>(whole.count()));
  if (ready == 0 && whole.count() == 0) std::this_thread::sleep_for(time);
  for (size_t i = 0; i < sockets.size(); ++i)
    keep_ready(sockets[i], ready > 0 && i < count ? requests[i].revents : short{0});
}

} // namespace skerry::platform
