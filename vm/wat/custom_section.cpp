#include "vm/wat/custom_section.hpp"

#include <algorithm>
#include <array>

namespace skerry::vm::wat {

namespace {

struct Place {
  std::string_view word;
  SectionPlace before;
};
constexpr auto places = std::to_array<Place>({
    {"first", first_place},
    {"type", place_before(SectionId::type)},
    {"import", place_before(SectionId::import)},
    {"func", place_before(SectionId::function)},
    {"table", place_before(SectionId::table)},
    {"memory", place_before(SectionId::memory)},
    {"tag", place_before(SectionId::tag)},
    {"global", place_before(SectionId::global)},
    {"export", place_before(SectionId::export_)},
    {"start", place_before(SectionId::start)},
    {"elem", place_before(SectionId::elem)},
    {"datacount", place_before(SectionId::data_count)},
    {"code", place_before(SectionId::code)},
    {"data", place_before(SectionId::data)},
    {"last", last_place - 1},
});

/// Parses `(before func)` or the like.
SectionPlace parse_placement(Cursor& content) {
  content.advance();
  const bool is_after = content.at_keyword("after");
  if (!is_after && !content.at_keyword("before")) return content.fail("malformed placement"), last_place;
  content.advance();
  const auto* place = std::ranges::find(places, content.word(), &Place::word);
  if (place == places.end()) return content.fail("malformed section kind"), last_place;
  content.advance();
  content.expect_close();
  return place->before + is_after;
}

} // namespace

CustomSection parse_custom_section(Cursor& content) {
  CustomSection section;
  if (!content.at(TokenKind::string)) return content.fail("missing section name"), std::move(section);
  section.name = content.expect_name();
  if (content.at(TokenKind::lparen)) section.place = parse_placement(content);
  while (content.at(TokenKind::string)) content.expect_string(section.bytes);
  return section;
}

std::string placement_text(SectionPlace place) {
  if (place >= last_place - 1) return {};
  const auto* of = std::ranges::find(places, place / 2 * 2, &Place::before);
  return "(" + std::string(place % 2 == 0 ? "before " : "after ") + std::string(of->word) + ") ";
}

} // namespace skerry::vm::wat
