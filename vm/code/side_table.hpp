// SideTable: maps the threaded code of one function back to wasm instructions. It is used only when a call
// ends with an error: it supplies the error's offset and backtrace. For a trap, it also supplies the amount
// of fuel that has not been charged yet.
#pragma once

#include "vm/module/engine_data.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>

namespace skerry::vm {

/// Maps ranges of a function's code to the wasm instructions that they implement. Immutable.
class SideTable {
public:
  /// A range begins at `code_offset` and ends where the next range begins.
  struct Range {
    uint32_t code_offset;
    CodeLocation location;
  };

  /// `ranges` must be in ascending order of their code offsets.
  SideTable(std::unique_ptr<Range[]> ranges, size_t count) : ranges_(std::move(ranges)), count_(count) {}

  /// Returns the location of the code at `code_offset`. For code before the first range, returns the start of
  /// the module.
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
