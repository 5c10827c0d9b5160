// Custom sections in the text format: `(@custom "name" (after code) "bytes" …)` (spec §7.6.3, "Custom
// Annotations").
#pragma once

#include "vm/base/byte_writer.hpp"
#include "vm/module/section_id.hpp"
#include "vm/wat/cursor.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace skerry::vm::wat {

/// The place of a custom section among the other sections: an even number before a section, an odd number
/// after it.
using SectionPlace = uint32_t;
constexpr SectionPlace place_before(SectionId section) {
  return 2u * section_order[static_cast<size_t>(section)];
}
constexpr SectionPlace place_after(SectionId section) { return place_before(section) + 1; }
inline constexpr SectionPlace first_place = 0;
/// The name section that is made from identifiers stands here.
inline constexpr SectionPlace place_of_names = place_after(SectionId::data) + 1;
inline constexpr SectionPlace last_place = place_of_names + 1;

struct CustomSection {
  SectionPlace place = last_place;
  uint32_t order = 0; // among the sections of the same place
  std::string name;
  ByteWriter bytes;
};

/// Parses the content of a @custom annotation, up to and without its closing parenthesis.
CustomSection parse_custom_section(Cursor& content);

/// Returns the placement of a custom section in the text format, with a space at the end: `(after code) `.
std::string placement_text(SectionPlace place);

} // namespace skerry::vm::wat
