// The host functions fs_check and fs_check2.
#include "host/guest/functions.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace skerry::host::functions {

namespace {

constexpr size_t longest_path = 4096; // the same limit as in WASI

/// Calls `is(i, path)` for each granted folder i in which `guest_path` lies, with the path relative to the
/// folder, until `is` returns true. The i-th preopen is the i-th allowed path.
bool any_grant(const HostCall& call, std::string_view guest_path, const auto& is) {
  const std::vector<PathGrant>& folders = call.capabilities().allowed_paths;
  for (size_t i = 0; i < folders.size() && !call.meter.stop; ++i)
    if (const auto path = path_in_grant(folders[i], guest_path); path && is(i, *path)) return true;
  return false;
}

} // namespace

int32_t fs_check(HostCall& call, i32 address, i32 length) {
  const auto path = call.text_or_trap(address, length);
  if (!path || path->size() > longest_path || call.meter.spend_bytes(path->size())) return 0;
  if (!check_path(call.capabilities(), *path)) return 0;
  return any_grant(call, *path, [&](size_t i, const std::string& below) {
    return !call.state().context->leads_outside(i, below, call.meter);
  });
}

int32_t fs_check2(HostCall& call, i32 address, i32 length) {
  const auto path = call.text_at(address, length);
  if (!path) return bad_pointer;
  if (path->empty() || path->size() > longest_path || path->find('\0') != path->npos) return failed;
  if (!check_path(call.capabilities(), *path)) return denied;
  const bool exists = any_grant(call, *path, [&](size_t i, const std::string& below) {
    return call.state().context->exists(i, below, call.meter);
  });
  return exists ? 1 : unreachable;
}

} // namespace skerry::host::functions
