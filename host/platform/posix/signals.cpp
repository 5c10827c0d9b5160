// The signals of POSIX.
#include "host/platform/signals.hpp"

#include <signal.h>

namespace skerry::platform {

void ignore_broken_pipes() noexcept { ::signal(SIGPIPE, SIG_IGN); }

std::vector<int> stop_signals() { return {SIGTERM, SIGINT}; }
std::vector<int> reload_signals() { return {SIGHUP}; }

} // namespace skerry::platform
