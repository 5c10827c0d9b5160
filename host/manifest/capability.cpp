// Decides which guest paths and hosts a manifest's capabilities cover.
#include "skerry/host/capability.hpp"

#include <algorithm>
#include <span>

namespace skerry::host {

namespace {

/// The names in a path, without `.` and empty ones.
std::vector<std::string_view> names_in(std::string_view path) {
  std::vector<std::string_view> names;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (!name.empty() && name != ".") names.push_back(name);
  }
  return names;
}

/// True if `..` never leads above the start of the path, not even for a moment.
bool stays_below(std::span<const std::string_view> names) {
  size_t depth = 0;
  for (const std::string_view name : names) {
    if (name == ".." && depth-- == 0) return false;
    if (name != "..") ++depth;
  }
  return true;
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
  const bool absolute = path.front() == '/';
  const std::vector<std::string_view> names = names_in(path);
  if (!stays_below(names)) return std::nullopt;
  std::vector<std::string_view> parts;
  for (const std::string_view name : names) {
    if (name == "..")
      parts.pop_back();
    else
      parts.push_back(name);
  }
  std::string text = absolute ? "/" : "";
  for (std::string_view part : parts) text += (text.empty() || text == "/" ? "" : "/") + std::string(part);
  return text.empty() ? "." : text;
}

std::optional<std::string> path_in_grant(const PathGrant& grant, std::string_view guest_path) {
  if (guest_path.empty() || guest_path.find('\0') != guest_path.npos) return std::nullopt;
  if (guest_path.starts_with('/') != grant.guest.starts_with('/')) return std::nullopt;
  const std::vector<std::string_view> names = names_in(guest_path), folder = names_in(grant.guest);
  const std::span<const std::string_view> all(names);
  if (names.size() < folder.size() || !std::ranges::equal(all.first(folder.size()), folder))
    return std::nullopt;
  const auto below = all.subspan(folder.size());
  if (!stays_below(below)) return std::nullopt;
  std::string text;
  for (const std::string_view name : below) text.append(text.empty() ? "" : "/").append(name);
  return text.empty() ? "." : text;
}

Decision check_path(const Capabilities& capabilities, std::string_view guest_path) {
  const bool listed = std::ranges::any_of(capabilities.allowed_paths, [&](const PathGrant& grant) {
    return path_in_grant(grant, guest_path).has_value();
  });
  return decide(capabilities.allow_file_system, "allowFileSystem", listed, "allowedPaths");
}

Decision check_host(const Capabilities& capabilities, std::string_view host, uint16_t port) {
  bool listed = std::any_of(capabilities.allowed_hosts.begin(), capabilities.allowed_hosts.end(),
                            [&](const HostRule& rule) { return rule.matches(host, port); });
  return decide(capabilities.allow_network, "allowNetwork", listed, "allowedHosts");
}

} // namespace skerry::host
