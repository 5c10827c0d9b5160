// Names from modules in places where people read them: every kind of name, every text of hostile_text.hpp,
// every outlet.
#include "skerry/skerry.hpp"
#include "tests/support/hostile_text.hpp"
#include "tests/support/module_builder.hpp"
#include "tests/support/wasm.hpp"

using namespace skerry;
using namespace skerry::test;

namespace {

constexpr size_t longest_line = longest_printed_message + 1000;

/// All parts of an error that are for people.
void check_harmless(const Error& error) {
  INFO(error.message().substr(0, 500));
  CHECK(harm_in(error.message(), longest_line).empty());
  CHECK(harm_in(error.func_name(), longest_printed_name).empty());
  for (const Frame& frame : error.backtrace()) {
    CHECK(harm_in(frame.func_name, longest_printed_name).empty());
    CHECK(harm_in(frame.module_name, longest_printed_name).empty());
  }
  const size_t lines = 2 + error.backtrace().size();
  CHECK(harm_in(error.describe(), longest_line + lines * 500, lines).empty());
}

/// A subsection of the name section.
Bytes subsection(int id, const Bytes& content) { return Bytes{id}.with_sized(content); }

/// Function 0 calls itself, `deep` deep, and then traps. It, its module and its locals have the name.
std::vector<std::byte> recursive_module(std::string_view name) {
  const Bytes body{0,    0x20, 0,    0x45, 0x04, 0x40, 0x00, 0x0b,  // if (!n) unreachable
                   0x20, 0,    0x41, 1,    0x6b, 0x10, 0,    0x0b}; // call(n - 1)
  const Bytes names = Bytes()
                          .with_name("name")
                          .with(subsection(0, Bytes().with_name(name)))
                          .with(subsection(1, Bytes{1, 0}.with_name(name)))
                          .with(subsection(2, Bytes{1, 0, 1, 0}.with_name(name)));
  return ModuleBuilder()
      .section(1, {1, 0x60, 1, 0x7f, 0})
      .section(3, {1, 0})
      .section(7, Bytes{1}.with_name("f").add({0, 0}))
      .section(10, Bytes{1}.with_sized(body))
      .section(0, names)
      .take();
}

/// Exports function 0 under these names.
std::vector<std::byte> exporting_module(std::initializer_list<std::string_view> names) {
  Bytes exports;
  exports.count(names.size());
  for (const std::string_view name : names) exports.with_name(name).add({0, 0});
  return ModuleBuilder()
      .section(1, {1, 0x60, 0, 0})
      .section(3, {1, 0})
      .section(7, exports)
      .section(10, Bytes{1}.with_sized({0, 0x00, 0x0b}))
      .take();
}

std::vector<std::byte> importing_module(std::string_view module, std::string_view field) {
  return ModuleBuilder()
      .section(1, {1, 0x60, 0, 0})
      .section(2, Bytes{1}.with_name(module).with_name(field).add({0, 0}))
      .section(7, Bytes{1}.with_name("f").add({0, 0}))
      .take();
}

} // namespace

TEST_CASE("names of functions and modules in backtraces", "[exec]") {
  for (const std::string& name : hostile_names()) {
    Fixture f;
    const Module module = must(Module::compile(f.engine, recursive_module(name)));
    CHECK(module.func_name(0) == name); // values that programs compare are exact
    CHECK(module.name() == name);
    const Instance instance = must(f.linker.instantiate(f.store, module));
    const Error error = error_of(must(instance.func<void(int32_t)>("f"))(60));
    REQUIRE(error.backtrace().size() == 50);
    check_harmless(error);
  }
}

TEST_CASE("names of exports, for functions without another name", "[exec]") {
  for (const std::string& name : hostile_names()) {
    Fixture f;
    const Module module = must(Module::compile(f.engine, exporting_module({name})));
    REQUIRE(module.find_export(name));
    const Instance instance = must(f.linker.instantiate(f.store, module));
    check_harmless(error_of(must(instance.func<void()>(name))()));
    check_harmless(error_of(instance.memory(name)));      // has another type
    check_harmless(error_of(instance.func(name + "\n"))); // "did you mean"
    check_harmless(error_of(instance.global("\x9b\n" + name)));
  }
}

TEST_CASE("names that are exported twice") {
  const Engine engine;
  for (const std::string& name : hostile_names())
    check_harmless(error_of(Module::compile(engine, exporting_module({name, "other", name}))));
}

TEST_CASE("names of imports: unknown, of another type, called nevertheless", "[exec]") {
  for (const std::string& name : hostile_names()) {
    Fixture f;
    const Module module = must(Module::compile(f.engine, importing_module(name, name)));
    check_harmless(error_of(f.linker.instantiate(f.store, module)));
    Linker wrong(f.engine);
    wrong.define(name, name, [](int32_t) {});
    check_harmless(error_of(wrong.instantiate(f.store, module)));
    Linker trapping(f.engine);
    trapping.set_unknown_imports(UnknownImports::trap);
    const Instance instance = must(trapping.instantiate(f.store, module));
    check_harmless(error_of(must(instance.func<void()>("f"))()));
  }
}

TEST_CASE("messages of host functions") {
  for (const std::string& text : hostile_texts()) {
    Fixture f;
    f.linker.define("env", "f", [&]() -> Result<void> { return fail(Error::host(text)); });
    const Instance instance =
        f.instantiate(R"((module (import "env" "f" (func $f)) (export "f" (func $f))))");
    check_harmless(error_of(must(instance.func<void()>("f"))()));
    check_harmless(
        Error::host("x").with_detail(text).with_func(1, text).with_backtrace({{1, text, text, 2}}));
  }
}

TEST_CASE("names that are not UTF-8 are refused without being printed") {
  const Engine engine;
  for (const std::string& text : hostile_texts())
    if (!vm::is_utf8(text)) check_harmless(error_of(Module::compile(engine, exporting_module({text}))));
}

TEST_CASE("words of the text format") {
  for (const std::string& text : hostile_texts()) {
    for (const std::string& source :
         {"(module (func (call $" + text + ")))", "(module (" + text + "))",
          "(module (func $" + text + ") (func $" + text + "))", "(module (func (br $" + text + ")))",
          "(module (func (i32." + text + ")))", text, "(module \"" + text + ")",
          "(module (export \"" + text + "\" (func 0)) (export \"" + text + "\" (func 0)) (func))"}) {
      auto bytes = wat::to_binary(source);
      if (!bytes) check_harmless(bytes.error());
    }
    const std::string id = "(module (func $\"" + text + "\") (func $\"" + text + "\"))";
    if (auto bytes = wat::to_binary(id); !bytes) check_harmless(bytes.error());
  }
}

TEST_CASE("printed modules hold names as literals only") {
  for (const std::string& name : hostile_names()) {
    if (name.size() > 1000) continue; // a text has the whole name, whatever its length
    for (const auto& module : {recursive_module(name), exporting_module({name}), importing_module(name, name),
                               ModuleBuilder().section(0, Bytes().with_name(name).add({1, 2})).take()}) {
      const std::string text = must(wat::to_text(module));
      CHECK(harm_in(text, 1'000'000, ~size_t{0}).empty());
      CHECK(text.find("\nskerry: forged") == text.npos);
    }
  }
}
