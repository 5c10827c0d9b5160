// Terminals, with isatty.
#include "host/platform/terminal.hpp"

#include <unistd.h>

namespace skerry::platform {

bool is_terminal(int descriptor) noexcept { return ::isatty(descriptor) == 1; }

} // namespace skerry::platform
