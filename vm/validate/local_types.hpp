// The types of a function's locals.
#pragma once

#include "skerry/types.hpp"
#include "vm/module/type_list.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace skerry::vm {

/// The types of the parameters, then runs of locals that have the same type, as in the binary format. Only
/// the first 128 types are stored one by one, because a few bytes can declare 50,000 locals in each of
/// thousands of functions.
class LocalTypes {
public:
  void reset(TypeList params);
  void add(uint32_t count, ValType type);

  uint32_t size() const { return size_; }
  ValType operator[](uint32_t index) const { return index < head_size_ ? head_[index] : find(index); }
  /// Returns whether all locals that are not parameters have a default value.
  bool all_defaultable() const { return all_defaultable_; }
  uint32_t param_count() const { return params_.size(); }

private:
  struct Run {
    uint32_t end; // one past the last index
    ValType type;
  };
  ValType find(uint32_t index) const;

  std::array<ValType, 128> head_;
  uint32_t head_size_ = 0;
  uint32_t size_ = 0;
  bool all_defaultable_ = true;
  TypeList params_;
  std::vector<Run> runs_;
};

} // namespace skerry::vm
