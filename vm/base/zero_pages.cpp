#include "vm/base/zero_pages.hpp"

#include <algorithm>
#include <cstring>

namespace skerry::vm {

namespace {
/// The smallest page of the systems that Skerry runs on.
constexpr size_t page_bytes = 4096;
} // namespace

bool is_all_zero(std::span<const std::byte> bytes) noexcept {
  return bytes.empty() ||
         (bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

void copy_pages(std::byte* to, std::span<const std::byte> from) noexcept {
  for (size_t at = 0; at < from.size(); at += page_bytes) {
    const auto bytes = from.subspan(at, std::min(page_bytes, from.size() - at));
    if (!is_all_zero(bytes)) std::memcpy(to + at, bytes.data(), bytes.size());
  }
}

} // namespace skerry::vm
