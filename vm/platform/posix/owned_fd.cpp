// Closes file descriptors.
#include "vm/platform/owned_fd.hpp"

#include <unistd.h>

namespace skerry::platform {

void close_fd(int fd) noexcept { ::close(fd); }

} // namespace skerry::platform
