#include "spec-tests/spectest.hpp"

#include "skerry/wat.hpp"

#include <string>

namespace skerry::spec {

namespace {

constexpr std::string_view base = R"(
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
  (memory (export "memory") 1 2)
)";
constexpr std::string_view with_table64 = R"(
  (table (export "table64") i64 10 20 funcref)
)";

void define_prints(Linker& linker) {
  struct Print {
    const char* name;
    std::vector<ValType> params;
  };
  const Print prints[] = {
      {"print", {}},        {"print_i32", {i32}},          {"print_i64", {i64}},         {"print_f32", {f32}},
      {"print_f64", {f64}}, {"print_i32_f32", {i32, f32}}, {"print_f64_f64", {f64, f64}}};
  for (const Print& print : prints) {
    auto nothing = [](Caller&, std::span<uint64_t>) -> Result<void> { return {}; };
    linker.define_raw("spectest", print.name, FuncType{print.params, {}}, nothing);
  }
}

} // namespace

Result<void> define_spectest(const Engine& engine, Store& store, Linker& linker) {
  std::string text(base);
  if (engine.config().features.has(Feature::memory64)) text += with_table64;
  auto bytes = wat::to_binary(text);
  if (!bytes) return fail(std::move(bytes.error()));
  auto module = Module::compile(engine, *bytes);
  if (!module) return fail(std::move(module.error()));
  auto instance = Linker(engine).instantiate(store, *module);
  if (!instance) return fail(std::move(instance.error()));
  linker.define_instance("spectest", *instance);
  define_prints(linker);
  return {};
}

} // namespace skerry::spec
