// getrlimit.
#include "vm/platform/process_limits.hpp"

#include "vm/platform/posix/high_address.hpp"
#include "vm/platform/posix/resource_limit.hpp"

#include <algorithm>
#include <bit>

namespace skerry::platform {

namespace {

/// The number of bytes that the program can address: a high address, rounded up to a power of two. With
/// pointers of 32 bits, the system usually keeps one of the four GiB or none, so the address is rounded up to
/// a GiB. It may be a low one under an emulator.
uint64_t addressable_bytes() noexcept {
  const uint64_t address = high_address();
  constexpr uint64_t gib = uint64_t{1} << 30;
  return sizeof(void*) == 4 ? std::max(3 * gib, (address + gib - 1) / gib * gib) : std::bit_ceil(address);
}

uint64_t limited_bytes() noexcept { return resource_limit(RLIMIT_AS).value_or(~uint64_t{0}); }

} // namespace

uint64_t address_space_bytes() noexcept { return std::min(limited_bytes(), addressable_bytes()); }

std::string_view address_space_limit() noexcept {
  return limited_bytes() <= addressable_bytes() ? "RLIMIT_AS" : "the address space";
}

} // namespace skerry::platform
