// The colours of messages on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace skerry::host::cli {

enum class Style { error, note, heading };

/// Returns whether text for a standard stream may have colours: it is a terminal that knows them, and the
/// user has not set NO_COLOR (https://no-color.org).
bool has_colours(int descriptor);

/// Returns `text` in the colour of `style` if `coloured`, else as it is.
std::string styled(Style style, std::string_view text, bool coloured);

} // namespace skerry::host::cli
