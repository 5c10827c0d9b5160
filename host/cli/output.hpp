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

/// Prints "skerry: ", the message and one newline on stderr. Characters that would control a terminal are
/// escaped, except newlines and tabs. Because newlines and tabs are kept, the caller must escape names inside
/// the message (skerry/printable.hpp).
void complain(std::string_view message, Deadline deadline = no_deadline);

/// Makes the error for a wrong command line.
inline Error misused(std::string message) {
  return Error(ErrorKind::usage, ErrorCode::none, std::move(message));
}

} // namespace skerry::host::cli
