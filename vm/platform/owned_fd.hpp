// OwnedFd: a file descriptor of the operating system that is closed on destruction.
#pragma once

#include <utility>

namespace skerry {

namespace platform {
/// Closes a descriptor. Errors are ignored, because even then the descriptor is closed.
void close_fd(int fd) noexcept;
} // namespace platform

/// Move-only. Holds -1 if it is empty.
class OwnedFd {
public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) noexcept : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(other.release()) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OwnedFd() {
    if (fd_ >= 0) platform::close_fd(fd_);
  }

  int get() const noexcept { return fd_; }
  bool is_open() const noexcept { return fd_ >= 0; }
  /// Returns the descriptor, which the caller must now close.
  int release() noexcept { return std::exchange(fd_, -1); }

private:
  int fd_ = -1;
};

} // namespace skerry
