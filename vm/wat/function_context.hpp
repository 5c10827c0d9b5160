// Locals and labels of the function whose body is being parsed.
#pragma once

#include "vm/wat/index_space.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace skerry::vm::wat {

/// Labels of the blocks that are open, innermost last.
class LabelStack {
public:
  void push(std::optional<std::string> name) {
    if (name) by_name_[*name].push_back(static_cast<uint32_t>(names_.size()));
    names_.push_back(std::move(name));
  }
  void pop() {
    if (names_.back()) by_name_[*names_.back()].pop_back();
    names_.pop_back();
  }
  const std::optional<std::string>& innermost() const { return names_.back(); }
  /// How many blocks to leave: 0 for the innermost.
  std::optional<uint32_t> depth(const std::string& name) const {
    auto found = by_name_.find(name);
    if (found == by_name_.end() || found->second.empty()) return std::nullopt;
    return static_cast<uint32_t>(names_.size()) - 1 - found->second.back();
  }

private:
  std::vector<std::optional<std::string>> names_;
  std::unordered_map<std::string, std::vector<uint32_t>> by_name_;
};

struct FunctionContext {
  IndexSpace locals{"local", "local"}; // parameters first
  LabelStack labels;
};

} // namespace skerry::vm::wat
