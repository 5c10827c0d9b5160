// TextLines: where the printers of the translator write.
#pragma once

#include <functional>
#include <string_view>

namespace skerry::vm {

/// Takes text line by line. False: nobody wants more.
using TextLines = std::function<bool(std::string_view)>;

} // namespace skerry::vm
