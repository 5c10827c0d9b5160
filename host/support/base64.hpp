// Base64, for bytes inside JSON that are not text. Internal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skerry::host {

/// RFC 4648 §4, with padding.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

/// Well-formed, without overlong forms and surrogates (RFC 3629).
bool is_utf8(std::string_view bytes);

} // namespace skerry::host
