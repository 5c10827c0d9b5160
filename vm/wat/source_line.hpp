// Shows a place in a text: the line and, below it, a caret.
#pragma once

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

} // namespace skerry::vm::wat
