// UTF-8 as the specification requires it (§5.2.4): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace skerry::vm {

/// Returns the number of bytes of the character that begins at text[at]. Returns 0 if no valid character
/// begins there, or if `at` is the end of the text.
size_t utf8_length(std::string_view text, size_t at) noexcept;

/// Returns whether all of `text` is valid UTF-8.
bool is_utf8(std::string_view text) noexcept;

/// Appends the UTF-8 encoding of a Unicode scalar value.
void append_utf8(std::string& text, char32_t scalar);

} // namespace skerry::vm
