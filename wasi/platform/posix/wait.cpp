// Waits for files with ppoll, or with poll on systems without ppoll.
#include "wasi/platform/wait.hpp"

#include "wasi/platform/posix/os_errno.hpp"
#include "wasi/platform/posix/poll_once.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace skerry::wasi::platform {

namespace {

pollfd request(const Waiting& one) noexcept {
  return {one.fd, static_cast<short>(one.direction == Direction::read ? POLLIN : POLLOUT), 0};
}

void set_result(Waiting& one, const pollfd& found) noexcept {
  one.ready = found.revents != 0;
  one.hung_up = (found.revents & (POLLHUP | POLLERR)) != 0;
  one.invalid = (found.revents & POLLNVAL) != 0;
}

Expected<size_t> wait_with(std::span<Waiting> files, std::span<pollfd> requests,
                           std::chrono::nanoseconds timeout) {
  std::ranges::transform(files, requests.begin(), request);
  const int ready = poll_once(requests, timeout);
  if (ready < 0 && errno != EINTR) return refuse(last_os_errno());
  for (size_t i = 0; i < files.size(); ++i) {
    if (ready < 0) requests[i].revents = 0;
    set_result(files[i], requests[i]);
  }
  return static_cast<size_t>(std::max(ready, 0));
}

} // namespace

Expected<size_t> wait(std::span<Waiting> files, std::chrono::nanoseconds timeout) {
  std::array<pollfd, 8> few;
  if (files.size() <= few.size()) return wait_with(files, std::span(few).first(files.size()), timeout);
  std::vector<pollfd> many(files.size());
  return wait_with(files, many, timeout);
}

} // namespace skerry::wasi::platform
