// Output of the embedding process itself. It obeys a deadline, as a program's output does.
#pragma once

#include <chrono>
#include <string_view>

namespace skerry::wasi {

/// Writes all of `text` to a descriptor of this process: a file, pipe, terminal or socket that others may
/// share. Waits until `deadline` at most, whatever the descriptor's own blocking flag says. After the
/// deadline it writes only as much as fits at once. Raises no SIGPIPE. Returns false if it did not write
/// everything. Thread-safe.
bool write_before(std::chrono::steady_clock::time_point deadline, int host_fd, std::string_view text);

} // namespace skerry::wasi
