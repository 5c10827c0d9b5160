// Writes to stdout and stderr without buffers, so that the text of `skerry` and the text of the guest appear
// in the order in which they were written.
#pragma once

#include "skerry/error.hpp"
#include "skerry/wasi/host_output.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace skerry::host::cli {

/// The time at which a write to a full pipe gives up.
using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

/// Write `text` to stdout or stderr. Return why a part of it could not be written: the pipe is closed, the
/// disk is full, or the pipe stayed full until the deadline.
[[nodiscard]] std::optional<wasi::OutputProblem> write_stdout(std::string_view text,
                                                              Deadline deadline = no_deadline);
std::optional<wasi::OutputProblem> write_stderr(std::string_view text, Deadline deadline = no_deadline);

/// Writes `text` to stdout. If that fails, says why on stderr, unless the reader has closed the pipe, which
/// is how readers say that they have enough. Returns whether all of `text` was written; if not, the command
/// must end with a status other than 0.
[[nodiscard]] bool print(std::string_view text);

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
