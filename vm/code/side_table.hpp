// SideTable: where the code of one function comes from, for calls that end with an error.
#pragma once

#include "vm/module/engine_data.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>

namespace skerry::vm {

/// Maps ranges of a function's code to the wasm instructions that they implement. Never changes.
class SideTable {
public:
  /// The code from `code_offset` to the next range.
  struct Range {
    uint32_t code_offset;
    CodeLocation location;
  };

  /// `ranges` are in ascending order of their offsets.
  SideTable(std::unique_ptr<Range[]> ranges, size_t count) : ranges_(std::move(ranges)), count_(count) {}

  /// Returns the location of the code at an offset; the start of the module for code before the first range.
  CodeLocation at(uint32_t code_offset) const {
    const std::span all(ranges_.get(), count_);
    const auto after = std::ranges::upper_bound(all, code_offset, {}, &Range::code_offset);
    return after == all.begin() ? CodeLocation{} : std::prev(after)->location;
  }
  size_t bytes() const { return count_ * sizeof(Range); }

private:
  std::unique_ptr<Range[]> ranges_;
  size_t count_;
};

} // namespace skerry::vm
