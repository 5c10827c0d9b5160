// IoVectors: buffers as the system's calls take them.
#pragma once

#include "wasi/platform/buffers.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>

namespace skerry::wasi::platform {

class IoVectors {
public:
  explicit IoVectors(Buffers buffers) noexcept : count_(std::min(buffers.size(), max_buffers)) {
    std::ranges::transform(buffers.first(count_), vectors_.begin(),
                           [](const Buffer& one) { return iovec{one.data(), one.size()}; });
  }
  const iovec* data() const noexcept { return vectors_.data(); }
  int count() const noexcept { return static_cast<int>(count_); }
  /// Returns the argument of recvmsg and sendmsg.
  msghdr message() noexcept {
    msghdr made{};
    made.msg_iov = vectors_.data();
    made.msg_iovlen = static_cast<decltype(made.msg_iovlen)>(count_);
    return made;
  }

private:
  std::array<iovec, max_buffers> vectors_; // only the first count_ are set
  size_t count_;
};

} // namespace skerry::wasi::platform
