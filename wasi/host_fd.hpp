// HostFd: a file descriptor of the operating system, owned or borrowed.
#pragma once

#include "vm/platform/owned_fd.hpp"
#include "wasi/quota_change.hpp"

#include <memory>
#include <utility>

namespace skerry::wasi {

/// Closes the descriptor on destruction if it is owned. Move-only.
class HostFd {
public:
  HostFd() = default;
  static HostFd owned(OwnedFd fd) noexcept {
    const int number = fd.get();
    return HostFd(number, std::move(fd));
  }
  static HostFd borrowed(int fd) noexcept { return HostFd(fd, OwnedFd()); }
  HostFd(HostFd&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), owned_(std::move(other.owned_)),
        counted_(std::move(other.counted_)) {}
  HostFd& operator=(HostFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(owned_, other.owned_);
    std::swap(counted_, other.counted_);
    return *this;
  }
  ~HostFd() {
    if (counted_) quota_closing(*counted_, fd_);
  }

  int get() const noexcept { return fd_; }
  bool is_owned() const noexcept { return owned_.is_open(); }
  /// Makes the destructor notify `quota` before it closes the file. Call this after QuotaChange::opened.
  void count_with(std::shared_ptr<Quota> quota) noexcept { counted_ = std::move(quota); }

private:
  HostFd(int fd, OwnedFd owned) noexcept : fd_(fd), owned_(std::move(owned)) {}
  int fd_ = -1;
  OwnedFd owned_; // empty if the descriptor is borrowed
  std::shared_ptr<Quota> counted_;
};

} // namespace skerry::wasi
