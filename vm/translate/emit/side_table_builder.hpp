// SideTableBuilder: collects the ranges of a SideTable while code is emitted.
#pragma once

#include "vm/code/side_table.hpp"
#include "vm/translate/chunk_list.hpp"

#include <cstddef>
#include <cstdint>

namespace skerry::vm {

class SideTableBuilder {
public:
  explicit SideTableBuilder(Arena& arena) : ranges_(arena) {}

  /// Records that the code emitted from `code_offset` on comes from `location`. From call to call,
  /// `code_offset` must not decrease.
  void note(uint32_t code_offset, const CodeLocation& location) {
    if (!ranges_.empty() && ranges_.back().location == location) return;
    if (!ranges_.empty() && ranges_.back().code_offset == code_offset)
      ranges_.back().location = location; // the previous operation emitted no code
    else
      ranges_.push_back({code_offset, location});
  }
  size_t bytes() const { return ranges_.size() * sizeof(SideTable::Range); }
  /// Returns null if memory runs out.
  std::shared_ptr<const SideTable> build() const;

private:
  ChunkList<SideTable::Range, 256> ranges_;
};

} // namespace skerry::vm
