// Shows a place in a text: the line and, below it, a caret. Adds the place to an error.
#pragma once

#include "skerry/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace skerry::vm::wat {

/// Returns two lines without a newline at the end, for a terminal:
///
///     12 | (func (i32.cnst 1))
///        |        ^
///
/// Everything is printable. A long line is cut around the place.
std::string source_line(std::string_view text, size_t offset);

/// Makes `error` an error about the byte at `offset` of `text`: adds offset, position and source, and " at
/// LINE:COLUMN" to the message.
void add_place(Error& error, std::string_view text, size_t offset);

} // namespace skerry::vm::wat
