// TextLines: where the printers of the translator write.
#pragma once

#include <functional>
#include <string_view>

namespace skerry::vm {

/// Takes text line by line. Returning false stops the printer.
using TextLines = std::function<bool(std::string_view)>;

} // namespace skerry::vm
