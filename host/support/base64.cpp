#include "host/support/base64.hpp"

#include <cstdint>

namespace skerry::host {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The length of the sequence that a first byte begins, and the smallest code point that needs that length.
/// The length is 0 if no sequence begins with this byte.
struct Sequence {
  size_t length;
  uint32_t smallest, bits;
};
Sequence sequence_of(unsigned char lead) {
  if (lead < 0x80) return {1, 0, lead};
  if (lead >= 0xc2 && lead < 0xe0) return {2, 0x80, lead & 0x1fu};
  if (lead >= 0xe0 && lead < 0xf0) return {3, 0x800, lead & 0x0fu};
  if (lead >= 0xf0 && lead < 0xf5) return {4, 0x10000, lead & 0x07u};
  return {0, 0, 0};
}

} // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) text += i + k > bytes.size() ? '=' : alphabet[group >> (18 - 6 * k) & 63];
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string bytes;
  uint32_t group = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    size_t value = i + padding >= text.size() ? 0 : alphabet.find(text[i]);
    if (value == alphabet.npos) return std::nullopt;
    group = group << 6 | static_cast<uint32_t>(value);
    if (i % 4 != 3) continue;
    bytes += {static_cast<char>(group >> 16), static_cast<char>(group >> 8), static_cast<char>(group)};
    group = 0;
  }
  bytes.resize(bytes.size() - padding);
  return bytes;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    auto [length, smallest, point] = sequence_of(static_cast<unsigned char>(bytes[0]));
    if (length == 0 || bytes.size() < length) return false;
    for (size_t i = 1; i < length; ++i) {
      auto next = static_cast<unsigned char>(bytes[i]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3fu);
    }
    if (point < smallest || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

} // namespace skerry::host
