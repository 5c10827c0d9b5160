// Linux puts the stack of the program at the upper end of the address space, and above it the random bytes
// that the auxiliary vector names. The stacks of threads can be anywhere.
#include "vm/platform/posix/high_address.hpp"

#include "vm/base/address.hpp"

#include <sys/auxv.h>

#include <algorithm>

namespace skerry::platform {

uint64_t high_address() noexcept {
  const char on_stack = 0; // in case a sandbox gives no random bytes
  return std::max<uint64_t>(vm::address_of(&on_stack), ::getauxval(AT_RANDOM));
}

} // namespace skerry::platform
