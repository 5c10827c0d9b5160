// What the translator makes of small functions, one for each rule of lowering, compared as text: golden/*.wat
// and the expected golden/*.txt. To write the expected texts again, in a build with all VM registers:
//
//   SKERRY_UPDATE_GOLDEN=1 build/release/tests/skerry_tests_vm "[golden]"
//
// then read what `git diff` shows of them.
#include "tests/support/wasm.hpp"
#include "vm/code/handler_table.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module.hpp"
#include "vm/translate/translator.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace skerry;
using namespace skerry::test;

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Without superinstructions: which there are changes with the training corpus.
Module module_of(const fs::path& path, bool fusion = false) {
  Config config;
  config.fusion = fusion;
  config.features = Features::all();
  return compile(Engine(config), read(path));
}

std::string ir_of(const vm::Module& module, uint32_t defined_index) {
  std::string text;
  vm::WorkMeter meter(module.engine->work_budget);
  must(vm::print_ir(module, defined_index, meter, [&](std::string_view line) { return text += line, true; }));
  return text;
}
std::string code_of(const vm::Module& module, uint32_t defined_index) {
  std::string text;
  vm::WorkMeter meter(module.engine->work_budget);
  const auto no_name = [](uint32_t) { return std::string(); };
  must(vm::print_code(module, defined_index, meter, no_name,
                      [&](std::string_view line) { return text += line, true; }));
  return text;
}

std::string title(const Module& module, uint32_t function) {
  return "---- " + std::string(module.func_name(function)) + "\n";
}

/// All functions of a module: what every build makes of them, or what this one does.
std::string print(const Module& module, bool only_lowering) {
  const vm::Module& data = *module.data()->module;
  std::string text;
  for (uint32_t i = 0; i < data.bodies.size(); ++i) {
    const std::string ir = ir_of(data, i);
    text += title(module, data.imported_functions + i);
    text += only_lowering ? ir.substr(0, ir.find("after register assignment")) : ir + code_of(data, i);
  }
  return text;
}

/// The part of an expected text that does not depend on the registers of a build.
std::string only_lowering(const std::string& text) {
  std::string part;
  bool is_in = false;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    const std::string line = text.substr(at, end - at);
    if (line.starts_with("----") || line.starts_with("after lowering")) is_in = true;
    if (line.starts_with("after register assignment")) is_in = false;
    if (is_in) part += line;
    at = end;
  }
  return part;
}

constexpr bool has_all_registers = vm::int_registers == 3 && vm::vector_registers == 2;

std::vector<fs::path> inputs() {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(SKERRY_TEST_DATA "/translate/golden"))
    if (entry.path().extension() == ".wat") paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

} // namespace

TEST_CASE("operations and code of each lowering rule are as expected", "[golden]") {
  const bool update = std::getenv("SKERRY_UPDATE_GOLDEN") != nullptr;
  for (const fs::path& wat : inputs()) {
    fs::path expected = wat;
    expected.replace_extension(".txt");
    const Module module = module_of(wat);
    if (update && has_all_registers) std::ofstream(expected, std::ios::binary) << print(module, false);
    const std::string text = read(expected);
    INFO(wat.filename() << ": SKERRY_UPDATE_GOLDEN=1 writes what is expected again");
    if (has_all_registers)
      CHECK(print(module, false) == text);
    else
      CHECK(print(module, true) == only_lowering(text));
  }
  CHECK(inputs().size() >= 7);
}

TEST_CASE("code shows where superinstructions begin", "[golden]") {
  const fs::path path = SKERRY_TEST_DATA "/translate/golden/control.wat";
  const auto has_sequences = [](const Module& module) {
    const vm::Module& data = *module.data()->module;
    bool found = false;
    for (uint32_t i = 0; i < data.bodies.size(); ++i)
      found |= code_of(data, i).find("  |  ") != std::string::npos;
    return found;
  };
  const Module fused = module_of(path, true);
  CHECK(has_sequences(fused) == (fused.data()->module->engine->handlers->sequences != nullptr));
  CHECK_FALSE(has_sequences(module_of(path)));
}

TEST_CASE("printing stops when the writer refuses, and when there is no memory for it", "[golden]") {
  const Module module = module_of(SKERRY_TEST_DATA "/translate/golden/control.wat");
  const vm::Module& data = *module.data()->module;
  vm::WorkMeter meter(data.engine->work_budget);
  int lines = 0;
  must(vm::print_ir(data, 0, meter, [&](std::string_view) { return ++lines < 2; }));
  CHECK(lines == 2);

  ByteBudget nothing(0);
  vm::WorkMeter poor(nothing);
  const auto no_name = [](uint32_t) { return std::string(); };
  std::string many = "(module (func (export \"f\")";
  for (int i = 0; i < 5'000; ++i) many += "(global.set 0 (i32.const 1))";
  const Module large = compile(Engine(), many + ") (global (mut i32) (i32.const 0)))");
  CHECK(error_of(vm::print_code(*large.data()->module, 0, poor, no_name, [](std::string_view) {
          return true;
        })).kind() == ErrorKind::limit);
}
