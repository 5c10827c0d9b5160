// Every numeric instruction either runs or is refused by name, with all features on.
#include "tests/support/type_letter.hpp"
#include "tests/support/wasm.hpp"
#include "vm/isa/opcode.hpp"

using namespace skerry;
using namespace skerry::test;

namespace {

std::string constant_of(char letter) {
  return letter == 'v' ? "(v128.const i64x2 0 0)" : "(" + type_name(letter) + ".const 0)";
}

/// A function with one instruction, whose operands are zero.
std::string module_with(const vm::OpcodeInfo& instruction) {
  std::string text =
      "(module (func (export \"f\") (result " + type_name(instruction.signature.back()) + ") (";
  text += instruction.text;
  for (const char letter : instruction.signature.substr(0, instruction.signature.find('>')))
    text += " " + constant_of(letter);
  return text + ")))";
}

} // namespace

TEST_CASE("every numeric instruction runs or is refused by name") {
  Config config = test_config();
  config.features = Features::all();
  size_t refused = 0;
  for (size_t i = 0; i < vm::opcode_count; ++i) {
    const vm::OpcodeInfo& instruction = vm::info(static_cast<vm::Opcode>(i));
    if (instruction.op_class != vm::OpClass::numeric) continue;
    INFO(instruction.text);
    Fixture f{config};
    const Func function = must(f.instantiate(module_with(instruction)).func("f"));
    const auto results = function.call({});
    if (results) continue;
    ++refused;
    CHECK(results.error().kind() == ErrorKind::limit);
    CHECK(results.error().message() == std::string(instruction.text) + " is not implemented by this version");
  }
  CHECK(refused == 20); // relaxed SIMD
}
