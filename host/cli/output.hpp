// Unbuffered output, so that the text of the program and of a guest appears in the order in which it was
// written.
#pragma once

#include "skerry/error.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace skerry::host::cli {

/// When to give up writing to a pipe that is full.
using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

/// Return false if not all of `text` could be written: the pipe is closed, the disk is full, or the pipe
/// stayed full until the deadline.
bool write_stdout(std::string_view text, Deadline deadline = no_deadline);
bool write_stderr(std::string_view text, Deadline deadline = no_deadline);

/// Prints "skerry: ", the message and one newline on stderr. Characters that would control a terminal are
/// escaped. Names inside the message must already be escaped to one line (skerry/printable.hpp).
void complain(std::string_view message, Deadline deadline = no_deadline);

/// Makes the error for a wrong command line.
inline Error misused(std::string message) {
  return Error(ErrorKind::usage, ErrorCode::none, std::move(message));
}

} // namespace skerry::host::cli
