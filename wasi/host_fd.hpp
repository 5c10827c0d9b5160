// HostFd: a file descriptor of the operating system, owned or borrowed.
#pragma once

#include <unistd.h>

#include <utility>

namespace skerry::wasi {

/// Closes what it owns. Move-only.
class HostFd {
public:
  HostFd() = default;
  static HostFd owned(int fd) noexcept { return HostFd(fd, true); }
  static HostFd borrowed(int fd) noexcept { return HostFd(fd, false); }
  HostFd(HostFd&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), owned_(std::exchange(other.owned_, false)) {}
  HostFd& operator=(HostFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~HostFd() {
    if (owned_) ::close(fd_);
  }

  int get() const noexcept { return fd_; }
  bool is_owned() const noexcept { return owned_; }

private:
  HostFd(int fd, bool owned) noexcept : fd_(fd), owned_(owned) {}
  int fd_ = -1;
  bool owned_ = false;
};

} // namespace skerry::wasi
