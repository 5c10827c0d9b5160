// Base64, for bytes in JSON that are not text. Internal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skerry::host {

/// Encodes and decodes as RFC 4648 §4, with padding. Decoding returns nothing for invalid text.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

} // namespace skerry::host
