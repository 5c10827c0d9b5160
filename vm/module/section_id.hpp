// The sections of the binary format (spec §5.5.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace skerry::vm {

enum class SectionId : uint8_t {
  custom,
  type,
  import,
  function,
  table,
  memory,
  global,
  export_,
  start,
  elem,
  code,
  data,
  data_count,
  tag,
};
inline constexpr size_t section_count = 14;

/// The position of each section in a module, indexed by section id (spec §5.5.17). Custom sections can be
/// anywhere, so their entry is not used.
inline constexpr std::array<uint8_t, section_count> section_order = {0, 1, 2,  3,  4,  5,  7,
                                                                     8, 9, 10, 12, 13, 11, 6};

} // namespace skerry::vm
