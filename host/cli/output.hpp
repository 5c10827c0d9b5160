// Unbuffered, complete output: what is printed by us and what a guest writes appear in the order they
// happened.
#pragma once

#include "skerry/error.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace skerry::host::cli {

/// When output that no reader takes is given up.
using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

/// False when not everything could be written (closed pipe, full disk, a full pipe until the deadline).
bool write_stdout(std::string_view text, Deadline deadline = no_deadline);
bool write_stderr(std::string_view text, Deadline deadline = no_deadline);

/// "skerry: " and the message on stderr, ended by one newline. Nothing that a terminal would obey gets
/// through, but names in it must have been made one line before (skerry/printable.hpp).
void complain(std::string_view message, Deadline deadline = no_deadline);

/// What the user asked for in words that make no sense.
inline Error misused(std::string message) {
  return Error(ErrorKind::usage, ErrorCode::none, std::move(message));
}

} // namespace skerry::host::cli
