// UTF-8 as the specification wants it (§5.2.4): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <string>
#include <string_view>

namespace skerry::vm {

bool is_utf8(std::string_view text);

/// Appends one Unicode scalar value.
void append_utf8(std::string& text, char32_t scalar);

} // namespace skerry::vm
