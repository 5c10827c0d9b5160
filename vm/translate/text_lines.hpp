// TextLines: receives the output of the translator's printers.
#pragma once

#include <functional>
#include <string_view>

namespace skerry::vm {

/// A function that receives text line by line. It returns false to stop the printer.
using TextLines = std::function<bool(std::string_view)>;

} // namespace skerry::vm
