// Bytes seen as text. Internal.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace skerry::host {

inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace skerry::host
