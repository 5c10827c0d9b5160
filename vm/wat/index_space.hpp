// Names of one kind of thing and the indices they stand for (spec §6.1.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace skerry::vm::wat {

class IndexSpace {
public:
  /// `kind` is what messages call it: "func" in "duplicate func", "function" in "unknown function".
  IndexSpace(const char* short_kind, const char* kind) : short_kind_(short_kind), kind_(kind) {}

  const char* short_kind() const { return short_kind_; }
  const char* kind() const { return kind_; }
  uint32_t size() const { return size_; }

  /// The next index, with or without a name. False when the name is taken.
  bool add(const std::optional<std::string>& name) {
    uint32_t index = size_++;
    if (!name) return true;
    named_.emplace_back(index, *name);
    return indices_.emplace(*name, index).second;
  }
  std::optional<uint32_t> find(const std::string& name) const {
    auto found = indices_.find(name);
    return found == indices_.end() ? std::nullopt : std::optional(found->second);
  }
  /// By index.
  const std::vector<std::pair<uint32_t, std::string>>& named() const { return named_; }

private:
  const char* short_kind_;
  const char* kind_;
  uint32_t size_ = 0;
  std::unordered_map<std::string, uint32_t> indices_;
  std::vector<std::pair<uint32_t, std::string>> named_;
};

} // namespace skerry::vm::wat
