// Locator: where emitted code comes from, for errors.
#pragma once

#include "vm/module/engine_data.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace skerry::vm {

/// Finds, while code is emitted, which wasm instructions the code at some offsets comes from.
class Locator {
public:
  explicit Locator(std::span<const uint32_t> code_offsets);
  /// What is emitted from `code_offset` on comes from there; offsets never go down.
  void note(uint32_t code_offset, const CodeLocation& location) {
    if (code_offset > next_) [[unlikely]]
      found_before(code_offset);
    last_ = location;
  }
  /// To be called once, when nothing more is emitted. In the order of the offsets that were given.
  void copy_to(std::span<CodeLocation> locations);

private:
  void found_before(uint64_t code_offset);

  std::span<const uint32_t> offsets_;
  std::vector<uint32_t> order_;     // indices, from the lowest offset on
  std::vector<CodeLocation> found_; // in that order
  uint64_t next_;                   // the lowest offset that has not been found
  CodeLocation last_;
};

} // namespace skerry::vm
