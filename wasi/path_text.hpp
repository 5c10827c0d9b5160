// Guest paths as text: what is refused before anything is looked up.
#pragma once

#include "wasi/types.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace skerry::wasi {

/// A relative path without trailing slashes; not empty. They are taken off here because the kernel lets them
/// defeat O_NOFOLLOW; what they mean is kept in `wants_directory`.
struct GuestPath {
  std::string text;
  bool wants_directory = false;
};

/// Errors: nametoolong, noent for an empty path, ilseq for NUL bytes and what is not UTF-8, perm for an
/// absolute path.
Expected<GuestPath> parse_path(std::span<const std::byte> bytes, uint32_t max_bytes);
/// The same checks for the contents of a new symbolic link, which are kept as they are.
Expected<std::string> parse_link_target(std::span<const std::byte> bytes, uint32_t max_bytes);

bool is_utf8(std::string_view text) noexcept;
bool is_absolute(std::string_view path) noexcept;
/// A name that every directory has for itself or its parent.
inline bool is_dots(std::string_view name) noexcept { return name == "." || name == ".."; }
/// The names that `path` consists of, "." and ".." included.
std::size_t count_names(std::string_view path) noexcept;
/// Takes trailing slashes off; true when there were some.
bool strip_trailing_slashes(std::string& path);

} // namespace skerry::wasi
