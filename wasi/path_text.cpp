#include "wasi/path_text.hpp"

#include <cstdint>

namespace skerry::wasi {

namespace {

struct Sequence {
  unsigned length;    // of a character that begins with the byte; 0 if none does
  uint8_t second_min; // bounds of its second byte; they exclude overlong forms and surrogates
  uint8_t second_max;
};

Sequence sequence(uint8_t first) {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xc2) return {0, 0, 0};
  if (first < 0xe0) return {2, 0x80, 0xbf};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first < 0xf0) return {3, 0x80, 0xbf};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first < 0xf4) return {4, 0x80, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

Expected<std::string> checked_text(std::span<const std::byte> bytes, uint32_t max_bytes) {
  if (bytes.size() > max_bytes) return refuse(Errno::nametoolong);
  if (bytes.empty()) return refuse(Errno::noent);
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.find('\0') != std::string::npos || !is_utf8(text)) return refuse(Errno::ilseq);
  if (is_absolute(text)) return refuse(Errno::perm);
  return text;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto [length, second_min, second_max] = sequence(static_cast<uint8_t>(text[i]));
    if (length == 0 || length > text.size() - i) return false;
    for (unsigned k = 1; k < length; ++k) {
      const auto byte = static_cast<uint8_t>(text[i + k]);
      if (byte < (k == 1 ? second_min : 0x80) || byte > (k == 1 ? second_max : 0xbf)) return false;
    }
    i += length;
  }
  return true;
}

bool is_absolute(std::string_view path) noexcept { return path.starts_with('/'); }

std::size_t count_names(std::string_view path) noexcept {
  std::size_t count = 0;
  bool before_name = true;
  for (const char letter : path) {
    count += before_name && letter != '/';
    before_name = letter == '/';
  }
  return count;
}

bool strip_trailing_slashes(std::string& path) {
  const std::size_t length = path.find_last_not_of('/') + 1;
  if (length == path.size()) return false;
  path.resize(length);
  return true;
}

Expected<GuestPath> parse_path(std::span<const std::byte> bytes, uint32_t max_bytes) {
  auto text = checked_text(bytes, max_bytes);
  if (!text) return refuse(text.error());
  GuestPath path{std::move(*text)};
  path.wants_directory = strip_trailing_slashes(path.text);
  return path;
}

Expected<std::string> parse_link_target(std::span<const std::byte> bytes, uint32_t max_bytes) {
  return checked_text(bytes, max_bytes);
}

} // namespace skerry::wasi
