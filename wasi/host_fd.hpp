// HostFd: a file descriptor of the operating system, owned or borrowed.
#pragma once

#include "wasi/quota_change.hpp"

#include <unistd.h>

#include <memory>
#include <utility>

namespace skerry::wasi {

/// Closes the descriptor if it owns it. Move-only.
class HostFd {
public:
  HostFd() = default;
  static HostFd owned(int fd) noexcept { return HostFd(fd, true); }
  static HostFd borrowed(int fd) noexcept { return HostFd(fd, false); }
  HostFd(HostFd&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), owned_(std::exchange(other.owned_, false)),
        counted_(std::move(other.counted_)) {}
  HostFd& operator=(HostFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(owned_, other.owned_);
    std::swap(counted_, other.counted_);
    return *this;
  }
  ~HostFd() {
    if (counted_) quota_closing(*counted_, fd_);
    if (owned_) ::close(fd_);
  }

  int get() const noexcept { return fd_; }
  bool is_owned() const noexcept { return owned_; }
  /// Notifies the quota before the file is closed, if the quota was notified of its opening.
  void count_with(std::shared_ptr<Quota> quota) noexcept { counted_ = std::move(quota); }

private:
  HostFd(int fd, bool owned) noexcept : fd_(fd), owned_(owned) {}
  int fd_ = -1;
  bool owned_ = false;
  std::shared_ptr<Quota> counted_;
};

} // namespace skerry::wasi
