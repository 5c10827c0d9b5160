// A pipe whose both ends the test holds.
#pragma once

#include "tests/catch.hpp"
#include "vm/platform/owned_fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>

namespace skerry::host::test {

struct Pipe {
  Pipe() {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    read_end = OwnedFd(ends[0]);
    write_end = OwnedFd(ends[1]);
  }

  /// Fills the pipe, so that a write would wait. Returns how many bytes that took.
  size_t fill() const {
    const int flags = ::fcntl(write_end.get(), F_GETFL);
    ::fcntl(write_end.get(), F_SETFL, flags | O_NONBLOCK);
    size_t filled = 0;
    for (const size_t piece : {size_t{4096}, size_t{1}}) {
      const std::string text(piece, '.');
      for (ssize_t n = 0; (n = ::write(write_end.get(), text.data(), piece)) > 0;)
        filled += static_cast<size_t>(n);
    }
    ::fcntl(write_end.get(), F_SETFL, flags);
    return filled;
  }
  /// Waits for bytes and returns some of them; nothing after the last writer has closed its end.
  std::string read_some() const {
    std::array<char, 65'536> bytes;
    const ssize_t n = ::read(read_end.get(), bytes.data(), bytes.size());
    return {bytes.data(), n > 0 ? static_cast<size_t>(n) : 0};
  }
  /// Closes the write end and returns everything that is left in the pipe.
  std::string rest() {
    write_end = {};
    std::string text;
    for (std::string piece = read_some(); !piece.empty(); piece = read_some()) text += piece;
    return text;
  }

  OwnedFd read_end, write_end;
};

} // namespace skerry::host::test
