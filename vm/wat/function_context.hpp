// The locals and labels of the function whose body is being parsed.
#pragma once

#include "vm/wat/index_space.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace skerry::vm::wat {

/// The labels of the open blocks, with the innermost block last.
class LabelStack {
public:
  explicit LabelStack(const Names& names) : innermost_(0, Hash{&names}, Same{&names}) {}

  void push(IdOffset id) {
    const uint32_t index = count_++;
    if (id != no_id) named_.push_back({index, id, 0});
    const auto level = static_cast<uint32_t>(labels_.size());
    uint32_t hidden = none;
    if (id != no_id) hidden = std::exchange(innermost_.try_emplace(id, none).first->second, level);
    labels_.push_back({id, hidden});
  }
  void pop() {
    const auto [id, hidden] = labels_.back();
    labels_.pop_back();
    if (id == no_id) return;
    if (hidden == none)
      innermost_.erase(id);
    else
      innermost_[id] = hidden;
  }
  /// Returns whether the label of the innermost block has the same name as the identifier `id`.
  bool is_innermost(IdOffset id) const {
    return labels_.back().id != no_id && innermost_.key_eq()(labels_.back().id, id);
  }
  /// Returns the label index of the innermost label with this name. Label index 0 is the innermost block.
  std::optional<uint32_t> depth(IdOffset id) const {
    const auto found = innermost_.find(id);
    if (found == innermost_.end()) return std::nullopt;
    return static_cast<uint32_t>(labels_.size()) - 1 - found->second;
  }
  /// Returns all labels of the function that have names, in the order of the blocks.
  const std::vector<IndexSpace::Named>& named() const { return named_; }
  void clear() { labels_.clear(), innermost_.clear(), named_.clear(), count_ = 0; }

private:
  static constexpr uint32_t none = ~uint32_t{0};
  struct Label {
    IdOffset id;
    uint32_t hidden; // the level of the outer label with the same name, or `none`
  };
  // Keys are offsets of identifiers. Two keys are equal if the identifiers at these offsets have equal names.
  struct Hash {
    const Names* names;
    size_t operator()(IdOffset id) const { return static_cast<size_t>(names->hash(id)); }
  };
  struct Same {
    const Names* names;
    bool operator()(IdOffset a, IdOffset b) const {
      std::string storage;
      return a == b || names->is(a, names->get(b, storage));
    }
  };

  uint32_t count_ = 0; // the blocks of the function so far
  std::vector<IndexSpace::Named> named_;
  std::vector<Label> labels_;
  std::unordered_map<IdOffset, uint32_t, Hash, Same> innermost_; // the value is a position in labels_
};

/// The state of the function that is being parsed. clear() prepares it for the next function.
struct FunctionContext {
  explicit FunctionContext(const Names& names) : labels(names) {}
  void clear() { locals.clear(), labels.clear(); }

  IndexSpace locals{"local", "local"}; // parameters first
  LabelStack labels;
};

} // namespace skerry::vm::wat
