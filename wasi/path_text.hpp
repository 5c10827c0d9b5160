// Guest paths as text: checks that need no file system.
#pragma once

#include "wasi/types.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace skerry::wasi {

/// A relative path without trailing slashes; not empty. Trailing slashes are removed because they make the
/// kernel ignore O_NOFOLLOW. `wants_directory` says whether the path had trailing slashes: the path must then
/// name a directory.
struct GuestPath {
  std::string text;
  bool wants_directory = false;
};

/// Checks a path and removes its trailing slashes. Errors: nametoolong, noent for an empty path, ilseq for
/// NUL bytes and invalid UTF-8, perm for an absolute path.
Expected<GuestPath> parse_path(std::span<const std::byte> bytes, uint32_t max_bytes);
/// Checks the target of a new symbolic link in the same way, but keeps its trailing slashes.
Expected<std::string> parse_link_target(std::span<const std::byte> bytes, uint32_t max_bytes);

bool is_absolute(std::string_view path) noexcept;
/// True for "." and "..".
inline bool is_dots(std::string_view name) noexcept { return name == "." || name == ".."; }
/// The number of names in `path`, including "." and "..".
size_t count_names(std::string_view path) noexcept;
/// Removes trailing slashes; returns true if there were some.
bool strip_trailing_slashes(std::string& path);

} // namespace skerry::wasi
