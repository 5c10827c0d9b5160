// Decides which guest paths and hosts a manifest's capabilities cover.
#include "skerry/host/capability.hpp"

#include <algorithm>

namespace skerry::host {

namespace {

/// True if `path` is the folder `base` or lies in it. Both must be normalized.
bool is_within(std::string_view base, std::string_view path) {
  if (base == "/" || base == ".") return path.starts_with('/') == (base == "/");
  return path.starts_with(base) && (path.size() == base.size() || path[base.size()] == '/');
}

/// Grants the access if the switch is set and the list covers the access. Otherwise names the missing
/// manifest key: the switch if it is not set, else the list.
Decision decide(bool allowed, std::string_view switch_key, bool listed, std::string_view list_key) {
  if (!allowed) return {false, "capabilities." + std::string(switch_key)};
  if (!listed) return {false, "capabilities." + std::string(list_key)};
  return {true, {}};
}

} // namespace

std::optional<std::string> normalize_guest_path(std::string_view path) {
  if (path.empty() || path.find('\0') != path.npos) return std::nullopt;
  bool absolute = path.front() == '/';
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    size_t slash = std::min(path.find('/'), path.size());
    std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  std::string text = absolute ? "/" : "";
  for (std::string_view part : parts) text += (text.empty() || text == "/" ? "" : "/") + std::string(part);
  return text.empty() ? "." : text;
}

Decision check_path(const Capabilities& capabilities, std::string_view guest_path) {
  auto path = normalize_guest_path(guest_path);
  bool listed = path && std::any_of(capabilities.allowed_paths.begin(), capabilities.allowed_paths.end(),
                                    [&](const PathGrant& grant) { return is_within(grant.guest, *path); });
  return decide(capabilities.allow_file_system, "allowFileSystem", listed, "allowedPaths");
}

Decision check_host(const Capabilities& capabilities, std::string_view host, uint16_t port) {
  bool listed = std::any_of(capabilities.allowed_hosts.begin(), capabilities.allowed_hosts.end(),
                            [&](const HostRule& rule) { return rule.matches(host, port); });
  return decide(capabilities.allow_network, "allowNetwork", listed, "allowedHosts");
}

} // namespace skerry::host
