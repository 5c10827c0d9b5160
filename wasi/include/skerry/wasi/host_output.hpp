// Output of the embedding process itself, which obeys a deadline as a program's output does.
#pragma once

#include <chrono>
#include <string_view>

namespace skerry::wasi {

/// Writes all of `text` to a descriptor of this process: a file, pipe, terminal or socket that others may
/// share. Waits no longer than until `deadline`, whatever the descriptor's own blocking flag says; after it,
/// only what there is room for at once is written. Raises no SIGPIPE. False when not everything was written.
/// Thread-safe.
bool write_before(std::chrono::steady_clock::time_point deadline, int host_fd, std::string_view text);

} // namespace skerry::wasi
