// LabelNames: the labels of the blocks that are open while a function is printed.
#pragma once

#include "vm/wat/name_table.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skerry::vm::wat {

/// Does nothing for a function whose labels have no names.
class LabelNames {
public:
  LabelNames() = default;
  LabelNames(const NameTable& names, uint32_t function)
      : names_(names.has_parts(PartKind::label, function) ? &names : nullptr), function_(function) {}

  /// Returns the label of the block that opens next: ` $loop`, or an empty text.
  std::string next() const {
    const auto id = next_id();
    return id ? " " + *id : std::string();
  }
  void open() {
    if (names_ == nullptr) return;
    open_.push_back(next_id());
    ++next_;
  }
  void close() {
    if (!open_.empty()) open_.pop_back();
  }
  /// Returns a branch's target, by name if the name means this block, or by number: ` $loop`, ` 1`.
  std::string target(uint32_t depth) const {
    // The search for an inner block of the same name is short, so that printing takes linear time.
    constexpr uint32_t most_searched = 32;
    if (depth < open_.size() && depth < most_searched) {
      const auto block = open_.end() - 1 - depth;
      if (*block && std::find(block + 1, open_.end(), *block) == open_.end()) return " " + **block;
    }
    return " " + std::to_string(depth);
  }

private:
  std::optional<std::string> next_id() const {
    return names_ == nullptr ? std::nullopt : names_->id(PartKind::label, function_, next_);
  }

  const NameTable* names_ = nullptr;
  uint32_t function_ = 0;
  uint32_t next_ = 0; // the index of the block that opens next
  std::vector<std::optional<std::string>> open_;
};

} // namespace skerry::vm::wat
