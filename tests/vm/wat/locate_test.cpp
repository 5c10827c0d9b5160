// Errors of validation are found in the text, and texts are shown with a caret.
#include "tests/catch.hpp"
#include "tests/support/wasm.hpp"
#include "vm/wat/source_line.hpp"

using namespace skerry;
using vm::wat::source_line;

namespace {

/// The error of a text that is well-formed but invalid, with its place.
Error located(std::string_view text, const wat::ToBinaryOptions& options = {}) {
  const Engine engine;
  const auto bytes = test::must(wat::to_binary(text, options));
  return wat::locate(text, test::error_of(Module::validate(engine, bytes)), options);
}

/// Puts a module's text around `text`, in which "^" marks the place of the error, and checks the place.
void check_place(std::string_view marked) {
  const size_t place = marked.find('^');
  REQUIRE(place != std::string_view::npos);
  const std::string text = std::string(marked.substr(0, place)) + std::string(marked.substr(place + 1));
  const Error error = located(text);
  INFO(text << "\n" << error.describe());
  CHECK(error.offset() == place);
  const SourcePosition position = wat::position_at(text, place);
  CHECK(error.position() == position);
  const std::string shown = std::to_string(position.line) + ":" + std::to_string(position.column);
  CHECK(error.message().ends_with(" at " + shown));
  CHECK(error.source().ends_with("^"));
}

} // namespace

TEST_CASE("an error of validation points at the instruction in the text") {
  check_place("(module (func nop\n  i64.const 1 ^i32.eqz drop))");
  check_place("(func (result i32) nop ^)");
  check_place("(func (drop (^i32.add (i64.const 1) (i32.const 2))))");
  check_place("(func (drop (i32.add (^i32.eqz (i64.const 1)) (i32.const 2))))");
  check_place("(func (^if (i64.const 1) (then)))");
  check_place("(func (if (i32.const 1) (then i32.const 1)^))");
  check_place("(func block i32.const 1 ^end)");
  check_place("(func (block (result i32) (nop)^) drop)");
  check_place("(func) (func (param i32)) (func (^call 1))");
  check_place("(global i32 (^i64.const 1))");
  check_place("(global i32 (i32.const 0)) (global i32 i32.const 0 ^i32.eqz)");
}

TEST_CASE("an error outside functions points at the field in the text") {
  check_place("(func (export \"a\"))\n^(export \"b\" (func 7))");
  check_place("(func (export \"a\")) (export \"c\" (func 0)) ^(export \"a\" (func 0))");
  check_place("(memory 1) ^(memory 2 1)");
  check_place("(import \"a\" \"b\" (memory 1)) ^(import \"a\" \"b\" (memory 2 1))");
  check_place("(func (param i32)) ^(start 0)");
  check_place("(memory 1) ^(data (i64.const 0) \"\")");
  check_place("(func) ^(func (type 9))");
  check_place("(type (func)) ^(type (struct))");
}

TEST_CASE("names of functions are in errors of validation") {
  CHECK(located("(func) (func $sum (i32.const 1))").func_name() == "sum");
  CHECK(located("(func (export \"e\") (i32.const 1))").func_name() == "e");
  const std::string text = located("(func) (func $sum\n (i32.const 1))").describe();
  CHECK(text ==
        "invalid: type mismatch: block requires [] but stack has [i32]: [i32] left over at the end of the "
        "function at 2:15\n2 |  (i32.const 1))\n  |               ^\n  in function 1 (sum)");
}

TEST_CASE("the place is found without names too") {
  const Error error = located("(func $f) (func $g (i32.const 1))", {.names = false});
  CHECK(error.message().ends_with(" at 1:33"));
}

TEST_CASE("an error without a place stays as it is") {
  const Error error(ErrorKind::usage, ErrorCode::none, "no place");
  CHECK(wat::locate("(func)", error).message() == "no place");
  const Error beyond = Error::at(ErrorKind::invalid, 2, "in the header");
  CHECK(wat::locate("(func)", beyond).offset() == 2);
  CHECK(wat::locate("(func", beyond).offset() == 2);
  CHECK_FALSE(wat::locate("(func", beyond).position());
}

TEST_CASE("errors of the text itself have a source") {
  const Error error = test::error_of(wat::to_binary("(module\n\t(func (foo)))"));
  CHECK(error.describe() == "malformed: unknown operator foo, expected an instruction at 2:9\n"
                            "2 |  (func (foo)))\n  |         ^");
  CHECK(error.position() == SourcePosition{2, 9});
}

TEST_CASE("a long message keeps the place") {
  std::string text = "(module\n(func (export \"e\"))\n";
  const std::string name(5000, 'x');
  text += "(func $" + name + " (result i32) (call $" + name + "))\n(func $" + name + "))";
  const Error error = test::error_of(wat::to_binary(text));
  CHECK(error.position() == SourcePosition{4, 7});
  CHECK(error.message().ends_with(" at 4:7"));
}

TEST_CASE("the end of a message that a guest chose is not a place") {
  const std::string name = "f at 3:4";
  const Error unlocated(ErrorKind::malformed, ErrorCode::none, "duplicate export name " + name);
  CHECK_FALSE(unlocated.position());
  CHECK(wat::locate("(func)", unlocated).position() == std::nullopt);
  const Error located_error = located("(func (export \"" + name + "\"))\n(export \"" + name + "\" (func 0))");
  CHECK(located_error.position() == SourcePosition{2, 1});
}

TEST_CASE("a line is shown with a caret below the place") {
  CHECK(source_line("abc", 1) == "1 | abc\n  |  ^");
  CHECK(source_line("abc", 9) == "1 | abc\n  |    ^");
  CHECK(source_line("", 0) == "1 | \n  | ^");
  CHECK(source_line("a\r\nb\n", 3) == "2 | b\n  | ^");
  CHECK(source_line("\t\x1b x", 3) == "1 |  \\u{1b} x\n  |         ^");
  CHECK(source_line("\xef\xbb\xbf(x)", 4) == "1 | (x)\n  |  ^");
  CHECK(source_line("äöü", 4) == "1 | äöü\n  |   ^");
  const std::string text = std::string(9, '\n') + "last";
  CHECK(source_line(text, 9) == "10 | last\n   | ^");
}

TEST_CASE("a long line is cut around the place, at whole characters") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "ä";
  for (size_t at = 0; at <= text.size(); at += 2) {
    const std::string shown = source_line(text, at);
    CHECK(shown.size() < 500);
    CHECK(shown.find("\\x") == std::string::npos);
  }
  CHECK(source_line(text, 1000).starts_with("1 | …ä"));
  CHECK(source_line(std::string(200, '\xff'), 199).size() < 1000);
}
