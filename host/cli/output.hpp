// Writes to stdout and stderr without buffers, so that the text of `skerry` and the text of the guest appear
// in the order in which they were written.
#pragma once

#include "skerry/error.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace skerry::host::cli {

/// The time at which a write to a full pipe gives up.
using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

/// Write `text` to stdout or stderr. Return false if a part of it could not be written: the pipe is closed,
/// the disk is full, or the pipe stayed full until the deadline.
bool write_stdout(std::string_view text, Deadline deadline = no_deadline);
bool write_stderr(std::string_view text, Deadline deadline = no_deadline);

/// Prints "skerry: " and the message as one line on stderr. Characters that would control a terminal or end
/// the line are escaped, so the message may contain any names.
void complain(std::string_view message, Deadline deadline = no_deadline);
/// Like `complain`, for a message of several lines, such as a backtrace. Newlines and tabs are kept, so the
/// caller must escape names inside the message (skerry/printable.hpp).
void complain_in_lines(std::string_view message, Deadline deadline = no_deadline);

/// Makes the error for a wrong command line.
inline Error misused(std::string message) {
  return Error(ErrorKind::usage, ErrorCode::none, std::move(message));
}

} // namespace skerry::host::cli
