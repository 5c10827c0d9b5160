// Guest paths as text: checks that need no file system.
#pragma once

#include "wasi/types.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace skerry::wasi {

/// A relative path without trailing slashes; not empty. The slashes are removed here because they make the
/// kernel ignore O_NOFOLLOW; `wants_directory` keeps their meaning.
struct GuestPath {
  std::string text;
  bool wants_directory = false;
};

/// Errors: nametoolong, noent for an empty path, ilseq for NUL bytes and invalid UTF-8, perm for an absolute
/// path.
Expected<GuestPath> parse_path(std::span<const std::byte> bytes, uint32_t max_bytes);
/// The same checks for the target of a new symbolic link, which stays as it is.
Expected<std::string> parse_link_target(std::span<const std::byte> bytes, uint32_t max_bytes);

bool is_absolute(std::string_view path) noexcept;
/// True for "." and "..".
inline bool is_dots(std::string_view name) noexcept { return name == "." || name == ".."; }
/// The number of names in `path`, including "." and "..".
size_t count_names(std::string_view path) noexcept;
/// Removes trailing slashes; returns true if there were some.
bool strip_trailing_slashes(std::string& path);

} // namespace skerry::wasi
