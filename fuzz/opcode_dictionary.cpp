// Prints libFuzzer's dictionary of the binary format: every opcode of the opcode table, and the beginnings of
// sections.
#include "vm/isa/opcode.hpp"

#include <cstdio>

namespace {

void print_entry(std::string_view name, std::initializer_list<uint32_t> bytes) {
  for (const char c : name) std::putchar(c == '.' ? '_' : c);
  std::printf("=\"");
  for (const uint32_t byte : bytes) std::printf("\\x%02x", byte);
  std::printf("\"\n");
}

} // namespace

int main() {
  for (size_t i = 0; i < skerry::vm::opcode_count; ++i) {
    const skerry::vm::OpcodeInfo& row = skerry::vm::opcode_infos[i];
    const uint32_t code = row.code;
    if (row.prefix == 0) {
      print_entry(row.text, {code});
    } else if (code < 0x80) {
      print_entry(row.text, {row.prefix, code});
    } else { // LEB128
      print_entry(row.text, {row.prefix, (code & 0x7f) | 0x80, code >> 7});
    }
  }
  print_entry("magic", {0, 'a', 's', 'm', 1, 0, 0, 0});
  print_entry("no_locals", {0});
  print_entry("func_type", {0x60});
  for (const uint32_t type : {0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f, 0x40, 0x63, 0x64})
    print_entry("type", {type});
  print_entry("largest_u32", {0xff, 0xff, 0xff, 0xff, 0x0f});
  print_entry("padded_zero", {0x80, 0x80, 0x80, 0x80, 0x00});
  return 0;
}
