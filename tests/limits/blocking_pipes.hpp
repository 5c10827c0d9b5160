// Pipes that block a guest: one with nothing to read, one with no room to write.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace skerry::test::limits {

class BlockingPipes {
public:
  BlockingPipes() {
    if (::pipe(input_) != 0 || ::pipe(output_) != 0) std::abort();
    const int flags = ::fcntl(output_[1], F_GETFL);
    ::fcntl(output_[1], F_SETFL, flags | O_NONBLOCK);
    const std::string bytes(4'096, 'x');
    while (::write(output_[1], bytes.data(), bytes.size()) > 0) {
    }
    ::fcntl(output_[1], F_SETFL, flags);
  }
  ~BlockingPipes() {
    for (const int fd : {input_[0], input_[1], output_[0], output_[1]}) ::close(fd);
  }
  BlockingPipes(const BlockingPipes&) = delete;
  BlockingPipes& operator=(const BlockingPipes&) = delete;

  /// Has nothing to read.
  int input() const { return input_[0]; }
  /// Has no room.
  int output() const { return output_[1]; }

private:
  int input_[2], output_[2];
};

} // namespace skerry::test::limits
