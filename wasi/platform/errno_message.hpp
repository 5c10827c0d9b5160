// The system's words for an error.
#pragma once

#include "wasi/types.hpp"

#include <string>

namespace skerry::wasi::platform {

/// Returns the message of the system for an error that one of its calls has returned: "No such file or
/// directory".
std::string message_of(Errno error);

} // namespace skerry::wasi::platform
