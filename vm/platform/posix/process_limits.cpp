// getrlimit.
#include "vm/platform/process_limits.hpp"

#include "vm/platform/posix/resource_limit.hpp"

#include <algorithm>
#include <bit>

namespace skerry::platform {

namespace {

/// The number of bytes that the processor can address. It is the address of a local variable, rounded up to a
/// power of two, because stacks are at the upper end of the address space.
uint64_t addressable_bytes() noexcept {
  const char on_stack = 0;
  return std::bit_ceil(uint64_t{reinterpret_cast<uintptr_t>(&on_stack)});
}

uint64_t limited_bytes() noexcept { return resource_limit(RLIMIT_AS).value_or(~uint64_t{0}); }

} // namespace

uint64_t address_space_bytes() noexcept { return std::min(limited_bytes(), addressable_bytes()); }

std::string_view address_space_limit() noexcept {
  return limited_bytes() <= addressable_bytes() ? "RLIMIT_AS" : "the address space";
}

} // namespace skerry::platform
