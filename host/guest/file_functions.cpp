// The host functions fs_check and fs_check2.
#include "host/guest/functions.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace skerry::host::functions {

namespace {

constexpr size_t longest_path = 4096; // the same limit as in WASI

/// Returns `path` relative to the granted folder `folder`, or nothing if `path` is outside that folder. Both
/// are normalized guest paths.
std::optional<std::string_view> path_within(std::string_view folder, std::string_view path) {
  if (folder == ".") return path;
  if (!path.starts_with(folder)) return std::nullopt;
  const std::string_view rest = path.substr(folder == "/" ? 0 : folder.size());
  if (rest.empty() || rest == "/") return ".";
  if (rest[0] != '/') return std::nullopt;
  return rest.substr(1);
}

bool exists(HostCall& call, std::string_view guest_path) {
  const auto path = normalize_guest_path(guest_path);
  const std::vector<PathGrant>& folders = call.capabilities().allowed_paths;
  for (size_t i = 0; path && i < folders.size(); ++i) {
    const auto within = path_within(folders[i].guest, *path);
    if (within && call.state().context->exists(i, *within, call.meter))
      return true; // the i-th preopen is the i-th allowed path
  }
  return false;
}

} // namespace

int32_t fs_check(HostCall& call, i32 address, i32 length) {
  const auto path = call.text_or_trap(address, length);
  if (!path || path->size() > longest_path || call.meter.spend_bytes(path->size())) return 0;
  return check_path(call.capabilities(), *path).granted;
}

int32_t fs_check2(HostCall& call, i32 address, i32 length) {
  const auto path = call.text_at(address, length);
  if (!path) return bad_pointer;
  if (path->empty() || path->size() > longest_path || path->find('\0') != path->npos) return failed;
  if (!check_path(call.capabilities(), *path)) return denied;
  return exists(call, *path) ? 1 : unreachable;
}

} // namespace skerry::host::functions
