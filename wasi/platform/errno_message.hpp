// The system's messages for errors.
#pragma once

#include "wasi/types.hpp"

#include <string>

namespace skerry::wasi::platform {

/// Returns the system's message for an error of a system call, such as "No such file or directory".
std::string message_of(Errno error);

} // namespace skerry::wasi::platform
