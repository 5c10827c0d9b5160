// Writes output of the embedding process, and gives up at a deadline, as a program's writes do.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::wasi {

/// Writes all of `text` to a descriptor of this process: a file, pipe, terminal or socket, which other
/// processes may share. Waits until `deadline` at most, even if the descriptor is in blocking mode. After
/// the deadline, writes only as much as fits without waiting. Raises no SIGPIPE. Returns false if a part of
/// `text` was not written. Thread-safe.
bool write_before(std::chrono::steady_clock::time_point deadline, int host_fd, std::string_view text);
/// Like write_before, but returns how many bytes of `text` were written. Thread-safe.
size_t write_part_before(std::chrono::steady_clock::time_point deadline, int host_fd, std::string_view text);

/// Why a part of a text was not written.
struct OutputProblem {
  bool is_closed = false; ///< the pipe or socket has no reader left
  std::string reason;     ///< in the system's words, such as "No space left on device"
};
/// Like write_before, but returns why a part of `text` was not written; nothing if all of it was.
/// Thread-safe.
std::optional<OutputProblem> write_all_before(std::chrono::steady_clock::time_point deadline, int host_fd,
                                              std::string_view text);

} // namespace skerry::wasi
