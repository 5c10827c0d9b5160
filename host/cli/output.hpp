// Unbuffered, complete output: what is printed by us and what a guest writes appear in the order they
// happened.
#pragma once

#include <string_view>

namespace skerry::host::cli {

/// False when not everything could be written (closed pipe, full disk).
bool write_stdout(std::string_view text);
bool write_stderr(std::string_view text);

/// "skerry: " and the message on stderr, ended by one newline.
void complain(std::string_view message);

} // namespace skerry::host::cli
