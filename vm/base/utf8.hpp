// UTF-8 as the specification requires it (§5.2.4): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace skerry::vm {

/// Length of the sequence that begins at text[at]; 0 if none does, or if `at` is the end.
size_t utf8_length(std::string_view text, size_t at) noexcept;

/// Whether all of `text` is valid.
bool is_utf8(std::string_view text) noexcept;

/// Appends one Unicode scalar value.
void append_utf8(std::string& text, char32_t scalar);

} // namespace skerry::vm
