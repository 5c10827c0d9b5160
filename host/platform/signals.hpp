// Signals that would end the process. Internal.
#pragma once

#include <vector>

namespace skerry::platform {

/// Makes later writes to a pipe or socket without a reader fail, instead of ending the process.
void ignore_broken_pipes() noexcept;

/// The signals that ask the process to end: SIGTERM, and SIGINT from the keyboard.
std::vector<int> stop_signals();
/// The signals that ask the process to read its configuration again: SIGHUP.
std::vector<int> reload_signals();

} // namespace skerry::platform
