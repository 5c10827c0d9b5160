#include "vm/wat/keywords.hpp"

#include <algorithm>
#include <array>

namespace skerry::vm::wat {

namespace {

/// Opcodes sorted by text, and by row where the text is the same.
constexpr std::array<Opcode, opcode_count> by_text = [] {
  std::array<Opcode, opcode_count> table{};
  for (size_t i = 0; i < opcode_count; ++i) table[i] = static_cast<Opcode>(i);
  std::sort(table.begin(), table.end(), [](Opcode a, Opcode b) {
    int order = info(a).text.compare(info(b).text);
    return order != 0 ? order < 0 : a < b;
  });
  return table;
}();

constexpr auto sorted(auto words) {
  std::sort(words.begin(), words.end());
  return words;
}

constexpr auto structural_words = sorted(std::to_array<std::string_view>({
    "any",
    "anyref",
    "array",
    "arrayref",
    "assert_exception",
    "assert_exhaustion",
    "assert_invalid",
    "assert_invalid_custom",
    "assert_malformed",
    "assert_malformed_custom",
    "assert_return",
    "assert_trap",
    "assert_unlinkable",
    "binary",
    "catch",
    "catch_all",
    "catch_all_ref",
    "catch_ref",
    "data",
    "declare",
    "definition",
    "do",
    "either",
    "elem",
    "eq",
    "eqref",
    "exn",
    "exnref",
    "export",
    "extern",
    "externref",
    "f32",
    "f32x4",
    "f64",
    "f64x2",
    "field",
    "final",
    "func",
    "funcref",
    "get",
    "global",
    "i16",
    "i16x8",
    "i31",
    "i31ref",
    "i32",
    "i32x4",
    "i64",
    "i64x2",
    "i8",
    "i8x16",
    "import",
    "input",
    "instance",
    "invoke",
    "item",
    "local",
    "memory",
    "module",
    "mut",
    "nan:arithmetic",
    "nan:canonical",
    "noexn",
    "noextern",
    "nofunc",
    "none",
    "null",
    "nullexnref",
    "nullexternref",
    "nullfuncref",
    "nullref",
    "offset",
    "output",
    "param",
    "quote",
    "rec",
    "ref",
    "ref.any",
    "ref.array",
    "ref.exn",
    "ref.extern",
    "ref.host",
    "ref.struct",
    "register",
    "result",
    "script",
    "shared",
    "start",
    "struct",
    "structref",
    "sub",
    "table",
    "tag",
    "then",
    "type",
    "v128",
}));

} // namespace

Opcode find_instruction(std::string_view text) noexcept {
  auto before = [](Opcode op, std::string_view word) { return info(op).text < word; };
  auto found = std::lower_bound(by_text.begin(), by_text.end(), text, before);
  return found != by_text.end() && info(*found).text == text ? *found : Opcode::invalid;
}

bool is_known_keyword(std::string_view word) noexcept {
  return std::binary_search(structural_words.begin(), structural_words.end(), word) ||
         find_instruction(word) != Opcode::invalid;
}

} // namespace skerry::vm::wat
