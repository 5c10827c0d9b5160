#include "vm/wat/keywords.hpp"

#include <algorithm>
#include <array>

namespace skerry::vm::wat {

namespace {

constexpr uint32_t hash_of(std::string_view text) {
  uint32_t hash = 2'166'136'261;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619;
  return hash ^ hash >> 15;
}

/// A hash table of opcodes by their text, with open addressing. If several opcodes have the same text, the
/// table has the first one.
constexpr size_t slot_count = 2048;
constexpr std::array<Opcode, slot_count> by_text = [] {
  std::array<Opcode, slot_count> table{};
  for (Opcode& slot : table) slot = Opcode::invalid;
  for (size_t i = 0; i < opcode_count; ++i) {
    const auto op = static_cast<Opcode>(i);
    size_t at = hash_of(info(op).text) % slot_count;
    while (table[at] != Opcode::invalid && info(table[at]).text != info(op).text) at = (at + 1) % slot_count;
    if (table[at] == Opcode::invalid) table[at] = op;
  }
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
  constexpr size_t longest = 64;
  if (text.size() > longest) return Opcode::invalid;
  size_t at = hash_of(text) % slot_count;
  while (by_text[at] != Opcode::invalid && info(by_text[at]).text != text) at = (at + 1) % slot_count;
  return by_text[at];
}

bool is_known_keyword(std::string_view word) noexcept {
  return std::binary_search(structural_words.begin(), structural_words.end(), word) ||
         find_instruction(word) != Opcode::invalid;
}

} // namespace skerry::vm::wat
