// The bytes, texts and files that Module::compile, from_text and from_file take.
#include "skerry/module.hpp"
#include "skerry/wat.hpp"

#include "tests/support/temp_dir.hpp"
#include "tests/support/wasm.hpp"

#include <array>
#include <chrono>
#include <deque>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

using namespace skerry;
using namespace skerry::test;

namespace {

constexpr std::array<uint8_t, 8> empty_module = {0, 'a', 's', 'm', 1, 0, 0, 0};
const uint8_t empty_module_in_c[] = {0, 'a', 's', 'm', 1, 0, 0, 0};

std::string write(const TempDir& dir, const std::string& name, std::string_view content) {
  const std::string path = (dir.path() / name).string();
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

} // namespace

TEST_CASE("modules are compiled from every container of bytes") {
  const Engine engine;
  const std::string text(reinterpret_cast<const char*>(empty_module.data()), empty_module.size());
  CHECK(Module::compile(engine, empty_module).has_value());
  CHECK(Module::compile(engine, empty_module_in_c).has_value());
  CHECK(Module::compile(engine, std::vector<uint8_t>(empty_module.begin(), empty_module.end())).has_value());
  CHECK(Module::compile(engine, std::vector<char>(text.begin(), text.end())).has_value());
  CHECK(Module::compile(engine, text).has_value());
  CHECK(Module::compile(engine, std::string_view(text)).has_value());
  CHECK(Module::compile(engine, std::u8string(text.begin(), text.end())).has_value());
  CHECK(Module::compile(engine, std::as_bytes(std::span(empty_module))).has_value());
  CHECK(Module::validate(engine, std::span(empty_module)).has_value());
  CHECK(wat::is_binary(text));
  CHECK_FALSE(wat::is_text(text));
  CHECK(must(wat::to_text(text)).find("(module") == 0);
}

TEST_CASE("numbers, lists and text literals are not bytes") {
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::vector<int>, ByteView>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::vector<bool>, ByteView>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::deque<uint8_t>, ByteView>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<const char(&)[9], ByteView>); // it ends with a zero
  STATIC_REQUIRE_FALSE(std::is_convertible_v<const char*, ByteView>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<const uint8_t*, ByteView>);
}

TEST_CASE("a module is made from text") {
  const Engine engine;
  CHECK(must(Module::from_text(engine, R"((module (func (export "f"))))")).find_export("f").has_value());
  const Error malformed = error_of(Module::from_text(engine, "(module\n  (fun))"));
  CHECK(malformed.kind() == ErrorKind::malformed);
  CHECK(malformed.message().ends_with(" at 2:4"));
  const Error invalid = error_of(Module::from_text(engine, "(module\n  (func (result i32)\n    nop))"));
  CHECK(invalid.kind() == ErrorKind::invalid);
  CHECK(invalid.message().find(" at 3:") != std::string::npos);
  CHECK(invalid.source().find("nop))") != std::string::npos);
  CHECK(error_of(Module::from_text(engine, "(module)", {.max_bytes = 1})).kind() == ErrorKind::limit);
}

TEST_CASE("the limits of the engine hold for texts") {
  Config config;
  config.module_limits.functions = 1;
  const Engine engine(config);
  CHECK(Module::from_text(engine, "(module (func))").has_value());
  CHECK(error_of(Module::from_text(engine, "(module (func) (func))")).kind() == ErrorKind::limit);
}

TEST_CASE("a module is made from a file in either format") {
  const Engine engine;
  const TempDir dir;
  const std::string_view binary(reinterpret_cast<const char*>(empty_module.data()), empty_module.size());
  CHECK(Module::from_file(engine, write(dir, "a.wasm", binary)).has_value());
  const std::string text = "\xef\xbb\xbf ;; a comment\n(module (func (export \"f\")))";
  CHECK(must(Module::from_file(engine, write(dir, "a.wat", text))).find_export("f").has_value());
  CHECK(must(Module::from_file(engine, write(dir, "a.wasm", text))).find_export("f").has_value());
  const Error invalid = error_of(Module::from_file(engine, write(dir, "b.wat", "(module (func\n (drop)))")));
  CHECK(invalid.message().find(" at 2:") != std::string::npos);
  const std::string many(300'000, ' '); // more than one piece of the file
  CHECK(Module::from_file(engine, write(dir, "c.wat", many + "(module)" + many)).has_value());
}

TEST_CASE("a file that cannot be read is named with the reason") {
  const Engine engine;
  const TempDir dir;
  for (const std::string& path : {(dir.path() / "none.wasm").string(), dir.path().string(), std::string()}) {
    const Error error = error_of(Module::from_file(engine, path));
    CHECK(error.kind() == ErrorKind::io);
    CHECK(error.message().starts_with(path + ": "));
    CHECK(error.message().size() > path.size() + 5);
  }
  CHECK(error_of(Module::from_file(engine, write(dir, "empty.wasm", ""))).kind() == ErrorKind::malformed);
}

TEST_CASE("a file over the size limit is refused") {
  Config config;
  config.module_limits.module_bytes = 100'000;
  const Engine engine(config);
  const TempDir dir;
  const std::string path = write(dir, "large.wat", "(module)" + std::string(100'000, ' '));
  const Error error = error_of(Module::from_file(engine, path));
  CHECK(error.kind() == ErrorKind::limit);
  CHECK(error.message().find(path) != std::string::npos);
  CHECK(error_of(Module::from_file(engine, "/dev/zero")).kind() == ErrorKind::limit); // has no end
}
