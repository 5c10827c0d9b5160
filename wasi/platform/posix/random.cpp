// Random bytes from /dev/urandom. getentropy is not used, because it fills at most 256 bytes at once and
// older systems do not have it.
#include "wasi/platform/random.hpp"

#include "wasi/platform/posix/random_device.hpp"

namespace skerry::wasi::platform {

Errno fill_random(std::span<std::byte> bytes) noexcept { return fill_from_device(bytes); }

} // namespace skerry::wasi::platform
