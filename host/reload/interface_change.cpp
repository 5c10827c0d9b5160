#include "host/reload/interface_change.hpp"

#include "skerry/printable.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace skerry::host {

namespace {

bool is_same(const ExternType& before, const ExternType& after) {
  if (before.index() != after.index()) return false;
  if (const auto* table = std::get_if<TableType>(&before)) {
    const auto& other = std::get<TableType>(after);
    return table->element == other.element && table->limits.is_64 == other.limits.is_64;
  }
  if (const auto* memory = std::get_if<MemoryType>(&before)) {
    const auto& other = std::get<MemoryType>(after);
    return memory->limits.is_64 == other.limits.is_64 && memory->limits.shared == other.limits.shared;
  }
  if (const auto* tag = std::get_if<TagType>(&before)) return tag->func == std::get<TagType>(after).func;
  if (const auto* func = std::get_if<FuncType>(&before)) return *func == std::get<FuncType>(after);
  return std::get<GlobalType>(before) == std::get<GlobalType>(after);
}

std::optional<uint64_t> major_version(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), number);
  const bool whole = end == version.data() + version.size() || *end == '.' || *end == '-' || *end == '+';
  if (error != std::errc() || !whole) return std::nullopt;
  return number;
}

/// Returns the ids of a valid module's sections, in file order.
std::vector<uint8_t> section_ids(std::span<const std::byte> module) {
  constexpr size_t header_bytes = 8;
  std::vector<uint8_t> ids;
  for (size_t at = header_bytes; at < module.size();) {
    ids.push_back(static_cast<uint8_t>(module[at++]));
    uint64_t size = 0;
    for (unsigned shift = 0; at < module.size() && shift < 35; shift += 7) {
      const auto byte = static_cast<uint8_t>(module[at++]);
      size |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
    }
    at += size;
  }
  return ids;
}

} // namespace

std::string interface_change(const Module& before, const Module& after) {
  constexpr size_t enough = 4096; // bytes of text; further changes are only counted
  std::string changes;
  size_t left_out = 0;
  for (const ExportInfo& item : before.exports()) {
    const auto other = after.find_export(item.name);
    if (other && is_same(item.type, other->type)) continue;
    if (changes.size() > enough) {
      ++left_out;
      continue;
    }
    changes += (changes.empty() ? "" : "; ") + ("export " + in_quotes(item.name) + " ");
    if (!other) {
      changes += "was removed";
      continue;
    }
    changes.append("was ").append(extern_kind_name(item.kind())).append(" ").append(to_string(item.type));
    changes.append(" and is ").append(extern_kind_name(other->kind())).append(" ");
    changes.append(to_string(other->type));
  }
  return left_out == 0 ? changes : changes + "; and " + std::to_string(left_out) + " more";
}

bool major_version_rises(std::string_view before, std::string_view after) {
  const auto old_number = major_version(before), new_number = major_version(after);
  return old_number && new_number && *new_number > *old_number;
}

bool looks_cut_off(std::span<const std::byte> before, std::span<const std::byte> after) {
  const auto old_ids = section_ids(before), new_ids = section_ids(after);
  return new_ids.size() < old_ids.size() &&
         std::ranges::equal(new_ids, std::span(old_ids).first(new_ids.size()));
}

} // namespace skerry::host
