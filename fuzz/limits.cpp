#include "fuzz/limits.hpp"

#include "fuzz/target.hpp"
#include "skerry/budget.hpp"
#include "skerry/linker.hpp"

#include <chrono>
#include <memory>
#include <random>
#include <vector>

namespace skerry::fuzz {
namespace {

/// Checks that may follow the one at which the deadline has passed: nested work begins with a check.
constexpr uint64_t looks_after = 3;

Store::Clock::time_point at_look(uint64_t look) {
  return Store::Clock::time_point{} + std::chrono::hours(look);
}

/// The choices for one run, and the number of checks that its clock counts.
struct Limits {
  explicit Limits(std::span<const std::byte> bytes) {
    std::seed_seq seed(reinterpret_cast<const uint8_t*>(bytes.data()),
                       reinterpret_cast<const uint8_t*>(bytes.data()) + bytes.size());
    random.seed(seed);
  }
  uint64_t up_to(uint64_t most) { return random() % (most + 1); }

  std::mt19937_64 random;
  uint64_t looks = 0;
};

Value zero(ValType type) { return Value::from_slots(type, 0); }

void check_call(const Func& func, Store& store, Limits& limits) {
  std::vector<Value> args;
  const FuncType type = func.type();
  for (const ValType param : type.params) args.push_back(zero(param));
  const uint64_t fuel = limits.up_to(20'000), before = store.fuel_used();
  const uint64_t last_look = limits.looks + 1 + limits.up_to(30);
  store.set_fuel(fuel);
  store.set_deadline(at_look(last_look));
  const auto results = func.call(args);
  FUZZ_CHECK(store.fuel_used() - before <= fuel);
  FUZZ_CHECK(limits.looks <= last_look + looks_after);
  if (results) return;
  const ErrorCode code = results.error().code();
  FUZZ_CHECK(code != ErrorCode::deadline_exceeded || limits.looks >= last_look);
  FUZZ_CHECK(code != ErrorCode::out_of_fuel || store.fuel() == 0);
}

void check_instance(const Engine& engine, const Module& module, const std::shared_ptr<ByteBudget>& budget,
                    Limits& limits) {
  Store store(engine, {.stack_bytes = 64 << 10});
  store.set_budget(budget);
  store.set_fuel(limits.up_to(20'000));
  store.set_deadline(at_look(limits.looks + 1 + limits.up_to(30)));
  Linker linker(engine);
  linker.set_unknown_imports(UnknownImports::return_zeros);
  const auto instance = linker.instantiate(store, module);
  if (!instance) return;
  for (const ExportInfo& info : module.exports()) {
    if (info.kind() != ExternKind::func) continue;
    if (const auto func = instance->func(info.name)) check_call(*func, store, limits);
    FUZZ_CHECK(budget->used() <= budget->allowed());
  }
}

} // namespace

void check_limits(std::span<const std::byte> bytes) {
  Limits limits(bytes);
  const auto budget = std::make_shared<ByteBudget>(uint64_t{16} << 10 << limits.up_to(8));
  {
    Config config;
    config.fuel_slice = 256;
    config.clock = [&limits] { return at_look(++limits.looks); };
    const Engine engine(config);
    const auto module = Module::compile(engine, bytes);
    if (!module) return;
    check_instance(engine, *module, budget, limits);
  }
  FUZZ_CHECK(budget->used() == 0);
}

} // namespace skerry::fuzz
