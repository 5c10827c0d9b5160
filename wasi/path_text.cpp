#include "wasi/path_text.hpp"

#include "vm/base/utf8.hpp"

#include <cstdint>

namespace skerry::wasi {

namespace {

Expected<std::string> checked_text(std::span<const std::byte> bytes, uint32_t max_bytes) {
  if (bytes.size() > max_bytes) return refuse(Errno::nametoolong);
  if (bytes.empty()) return refuse(Errno::noent);
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.find('\0') != std::string::npos || !vm::is_utf8(text)) return refuse(Errno::ilseq);
  if (is_absolute(text)) return refuse(Errno::perm);
  return text;
}

} // namespace

bool is_absolute(std::string_view path) noexcept { return path.starts_with('/'); }

size_t count_names(std::string_view path) noexcept {
  size_t count = 0;
  bool before_name = true;
  for (const char letter : path) {
    count += before_name && letter != '/';
    before_name = letter == '/';
  }
  return count;
}

bool strip_trailing_slashes(std::string& path) {
  const size_t length = path.find_last_not_of('/') + 1;
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
