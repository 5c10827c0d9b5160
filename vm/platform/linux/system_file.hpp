// SystemFile: a file that the kernel generates, such as /proc/self/maps.
#pragma once

#include "vm/platform/owned_fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace skerry::platform {

/// Reads without allocating memory, so that it works when memory has run out.
class SystemFile {
public:
  explicit SystemFile(const char* path) noexcept : fd_(::open(path, O_RDONLY | O_CLOEXEC)) {}

  /// Returns the next piece of the file. Returns an empty piece at its end, or if the file cannot be read.
  std::string_view next() noexcept {
    const ssize_t count = fd_.is_open() ? ::read(fd_.get(), buffer_.data(), buffer_.size()) : -1;
    return {buffer_.data(), count > 0 ? static_cast<size_t>(count) : 0};
  }

private:
  OwnedFd fd_;
  std::array<char, 4096> buffer_;
};

} // namespace skerry::platform
