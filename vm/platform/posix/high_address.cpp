// Systems with only POSIX: stacks are usually at the upper end of the address space. The stack of a thread
// may be lower than that of the program.
#include "vm/platform/posix/high_address.hpp"

#include "vm/base/address.hpp"

namespace skerry::platform {

uint64_t high_address() noexcept {
  const char on_stack = 0;
  return vm::address_of(&on_stack);
}

} // namespace skerry::platform
