#include "vm/wat/module_context.hpp"

#include "skerry/printable.hpp"
#include "vm/wat/lexer.hpp"

namespace skerry::vm::wat {

namespace {
constexpr uint8_t func_type_code = 0x60;
}

uint32_t ModuleContext::func_type_index(const std::string& encoded, uint32_t params) {
  auto index = static_cast<uint32_t>(type_entries.size());
  auto [found, is_new] = plain_func_types.emplace(encoded, index);
  if (!is_new) return found->second;
  type_entries.push_back({true, params, encoded});
  ++type_groups;
  type_section.u8(func_type_code);
  type_section.text(encoded);
  return index;
}

uint32_t parse_index(Cursor& cursor, const IndexSpace& space) {
  if (!cursor.at(TokenKind::id)) {
    if (cursor.at(TokenKind::integer)) return cursor.expect_u32();
    return cursor.fail_unexpected(std::string("a ") + space.kind() + " index or name"), 0;
  }
  auto index = space.find(decode_id(cursor.word()));
  if (!index) {
    cursor.fail(std::string("unknown ") + space.kind() + " " + printable(cursor.word()));
    return 0;
  }
  cursor.advance();
  return *index;
}

} // namespace skerry::vm::wat
