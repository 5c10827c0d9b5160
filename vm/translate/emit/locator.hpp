// Locator: maps emitted code back to wasm instructions, for errors.
#pragma once

#include "vm/module/engine_data.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace skerry::vm {

/// Finds the wasm instructions from which the code at given offsets comes, while the code is emitted.
class Locator {
public:
  explicit Locator(std::span<const uint32_t> code_offsets);
  /// The code emitted from `code_offset` on comes from `location`. Offsets never decrease between calls.
  void note(uint32_t code_offset, const CodeLocation& location) {
    if (code_offset > next_) [[unlikely]]
      found_before(code_offset);
    last_ = location;
  }
  /// Call once, after everything has been emitted. Copies the locations in the order of the offsets passed to
  /// the constructor.
  void copy_to(std::span<CodeLocation> locations);

private:
  void found_before(uint64_t code_offset);

  std::span<const uint32_t> offsets_;
  std::vector<uint32_t> order_;     // indices, in ascending order of offset
  std::vector<CodeLocation> found_; // in the same order
  uint64_t next_;                   // the lowest offset that has not been found yet
  CodeLocation last_;
};

} // namespace skerry::vm
