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

  /// The code emitted from `code_offset` on comes from `location`. Offsets never decrease between calls.
  void note(uint32_t code_offset, const CodeLocation& location) {
    if (!ranges_.empty() && ranges_.back().location == location) return;
    if (!ranges_.empty() && ranges_.back().code_offset == code_offset)
      ranges_.back().location = location; // the operation before emitted nothing
    else
      ranges_.push_back({code_offset, location});
  }
  size_t bytes() const { return ranges_.size() * sizeof(SideTable::Range); }
  /// Returns null if there is no memory.
  std::shared_ptr<const SideTable> build() const;

private:
  ChunkList<SideTable::Range, 256> ranges_;
};

} // namespace skerry::vm
