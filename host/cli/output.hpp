// Unbuffered, complete output: what is printed by us and what a guest writes appear in the order they
// happened.
#pragma once

#include "skerry/error.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace skerry::host::cli {

/// False when not everything could be written (closed pipe, full disk).
bool write_stdout(std::string_view text);
bool write_stderr(std::string_view text);

/// "skerry: " and the message on stderr, ended by one newline. Nothing that a terminal would obey gets
/// through, but names in it must have been made one line before (skerry/printable.hpp).
void complain(std::string_view message);

/// What the user asked for in words that make no sense.
inline Error misused(std::string message) {
  return Error(ErrorKind::usage, ErrorCode::none, std::move(message));
}

} // namespace skerry::host::cli
