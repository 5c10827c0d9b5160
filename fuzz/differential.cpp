// Each run is recorded as text, whose lines must be the same in every configuration.
#include "fuzz/differential.hpp"

#include "fuzz/target.hpp"
#include "skerry/linker.hpp"

#include <bit>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::fuzz {
namespace {

constexpr uint64_t fuel_for_each_call = 20'000;

struct Configuration {
  std::string_view name;
  Engine engine;
};

std::vector<Configuration> make_configurations() {
  std::vector<Configuration> list;
  const auto add = [&](std::string_view name, const Config& config) {
    list.push_back({name, Engine(config)});
  };
  Config config;
  add("default", config);
  config.fuel_slice = 1;
  add("slices of one", config);
  config.move_stack = true;
  add("moving stack", config);
  config = {};
  config.fusion = false;
  add("no fusion", config);
  config = {};
  for (const SimdTarget target : simd_targets()) {
    if (target == simd_targets().front()) continue; // the default
    config.simd_target = target;
    add(simd_target_name(target), config);
  }
  return list;
}

std::span<const Configuration> configurations() {
  static const std::vector<Configuration> list = make_configurations();
  return list;
}

/// A value as text; all NaNs have the same text.
std::string show(const Value& value) {
  if (value.type() == f32 && std::isnan(value.as_f32())) return "nan";
  if (value.type() == f64 && std::isnan(value.as_f64())) return "nan";
  if (value.type().is_ref()) return value.as_ref().is_null() ? "null" : "reference";
  if (value.type() == i32 || value.type() == f32) return std::to_string(static_cast<uint32_t>(value.lo()));
  return std::to_string(value.hi()) + ":" + std::to_string(value.lo());
}

uint64_t checksum(std::span<const std::byte> bytes) {
  uint64_t hash = 0xcbf29ce484222325; // FNV-1a over words; ignores the last bytes
  for (size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, &bytes[i], 8);
    hash = (hash ^ word) * 0x100000001b3;
  }
  return hash;
}

Value argument(ValType type, uint32_t number) {
  if (type == i64) return Value(int64_t{1} << (number * 7 % 63));
  if (type == f32) return Value(1.5F * static_cast<float>(number));
  if (type == f64) return Value(-0.75 * number);
  if (type == v128) return Value::from_slots(v128, 0x0102030405060708 * number, ~uint64_t{number});
  if (type == i32) return Value(static_cast<int32_t>(number * 5));
  return Value::from_slots(type, 0);
}

void describe_call(std::string& out, const Func& func, Store& store) {
  std::vector<Value> args;
  const FuncType type = func.type();
  for (const ValType param : type.params)
    args.push_back(argument(param, static_cast<uint32_t>(args.size()) + 1));
  // Some calls get less fuel than they need, and some of those are cut in the middle.
  const uint64_t fuel = fuel_for_each_call >> (store.fuel_used() % 8 * 2);
  const uint64_t before = store.fuel_used();
  store.set_fuel(fuel);
  const auto results = func.call(args);
  FUZZ_CHECK(store.fuel_used() - before <= fuel);
  const bool is_cut = !results && results.error().code() == ErrorCode::out_of_fuel;
  FUZZ_CHECK(!is_cut || store.fuel() == 0);
  if (!results)
    out += std::string(code_name(results.error().code())) + ": " + results.error().message();
  else
    for (const Value& value : *results) out += show(value) + " ";
  out += " fuel " + std::to_string(store.fuel_used()) + "\n";
}

void describe_export(std::string& out, const Extern& item, Store& store) {
  if (const auto* func = std::get_if<Func>(&item)) return describe_call(out, *func, store);
  if (const auto* global = std::get_if<Global>(&item)) {
    if (auto value = global->get()) out += show(*value);
  }
  if (const auto* table = std::get_if<Table>(&item)) out += std::to_string(table->size());
  if (const auto* memory = std::get_if<Memory>(&item))
    out += std::to_string(memory->pages()) + " pages " + std::to_string(checksum(memory->bytes()));
  out += "\n";
}

/// Records one line for each export, functions first.
std::string describe_run(const Engine& engine, const Module& module) {
  StoreLimits limits;
  limits.memory_bytes = 1 << 20; // the whole memory is read after each run
  limits.table_elements = 10'000;
  limits.stack_bytes = 64 << 10;
  limits.heap_bytes = 1 << 20;
  Store store(engine, limits);
  store.set_fuel(fuel_for_each_call);
  Linker linker(engine);
  linker.set_unknown_imports(UnknownImports::return_zeros);
  const auto instance = linker.instantiate(store, module);
  if (!instance) return "instantiate: " + instance.error().message();
  std::string out;
  for (const bool functions : {true, false}) {
    for (const ExportInfo& info : module.exports()) {
      if ((info.kind() == ExternKind::func) != functions) continue;
      if (const auto item = instance->get_export(info.name)) describe_export(out, *item, store);
    }
  }
  FUZZ_CHECK(store.usage().memory_bytes <= limits.memory_bytes);
  return out;
}

} // namespace

std::optional<std::string> run_in_all_configurations(std::span<const std::byte> bytes) {
  std::string expected;
  for (const Configuration& configuration : configurations()) {
    const auto module = Module::compile(configuration.engine, bytes);
    if (!module) return std::nullopt;
    std::string run = describe_run(configuration.engine, *module);
    if (expected.empty())
      expected = std::move(run);
    else if (run != expected) {
      const std::string both = std::string(configurations()[0].name) + ":\n" + expected + "\n" +
                               std::string(configuration.name) + ":\n" + run + "\n";
      std::fputs(both.c_str(), stderr);
      std::abort();
    }
  }
  return expected;
}

void record_outcome(std::string_view outcome) {
  const char* path = std::getenv("SKERRY_FUZZ_OUTCOMES");
  if (path == nullptr) return;
  static std::FILE* const file = std::fopen(path, "we");
  FUZZ_CHECK(file != nullptr);
  static uint64_t number = 0;
  const std::string text = "input " + std::to_string(number++) + "\n" + std::string(outcome);
  FUZZ_CHECK(std::fputs(text.c_str(), file) >= 0);
}

} // namespace skerry::fuzz
