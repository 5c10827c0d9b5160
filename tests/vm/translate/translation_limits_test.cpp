// Translation under its meter: memory for each byte of a body, checks of deadline and interrupt, budgets, and
// repeating a translation that was stopped.
#include "tests/support/hostile_bodies.hpp"
#include "tests/support/wasm.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module.hpp"
#include "vm/runtime/store.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

using namespace skerry;
using namespace skerry::test;

namespace {

// Limits that docs/rationale.md promises: bytes of memory for each byte of a body, and in addition to them.
constexpr uint64_t bytes_for_each = 256, bytes_beside = uint64_t{4} << 20;
/// Units of work for each byte of a body, and in addition to them.
constexpr uint64_t units_for_each = 16, units_beside = 200'000;

using Clock = std::chrono::steady_clock;

/// A clock that stands still, counts the checks, and can do something at a certain check.
struct CountingClock {
  std::atomic<uint64_t> looks{0};
  std::atomic<uint64_t> due_at{~uint64_t{0}}; // from this check on the deadline has passed
  std::function<void(uint64_t)> at_look;
  static Clock::time_point deadline() { return Clock::time_point(std::chrono::hours(1)); }
  std::function<Clock::time_point()> function() {
    return [this] {
      const uint64_t look = ++looks;
      if (at_look) at_look(look);
      return look >= due_at ? deadline() : Clock::time_point();
    };
  }
};

Config config_with(CountingClock& clock) {
  Config config = test_config();
  config.clock = clock.function();
  return config;
}

Module load(const Engine& engine, const HostileBody& body, uint64_t size) {
  return must(Module::compile(engine, body.make(size)));
}

Result<const vm::Code*> translate(const Module& module, vm::WorkMeter& meter) {
  return module.data()->module->engine->translate(*module.data(), 0, meter);
}

/// A body of ~1 MB, with many checks, translated as a store does it: the function is called "f".
std::string long_function(std::string_view more = "") {
  std::string text = "(module (memory (export \"memory\") 1) (func (export \"f\") (param i32) (local i32) "
                     "(if (local.get 0) (then ";
  for (int i = 0; i < 60'000; ++i) text += "(local.set 1 (i32.add (local.get 1) (i32.const 3)))";
  return text + "))) (func (export \"small\") (result i32) (i32.const 7))" + std::string(more) + ")";
}

bool says(const Error& error, std::string_view beginning) { return error.message().starts_with(beginning); }

} // namespace

TEST_CASE("translation takes no more memory for each byte of a body than promised") {
  const Engine engine(test_config());
  for (const HostileBody& body : hostile_bodies()) {
    DYNAMIC_SECTION(body.name) {
      for (const uint64_t size : {1'000u, 300'000u}) {
        const Module module = load(engine, body, size);
        const uint64_t allowed = module.data()->module->bodies[0].size * bytes_for_each + bytes_beside;
        ByteBudget budget(allowed);
        vm::WorkMeter meter(budget);
        must(translate(module, meter));
        CHECK(budget.used() == 0); // only the code is left, which is not charged to this budget
        CHECK(module.data()->code.code_bytes() <= allowed);
      }
    }
  }
}

TEST_CASE("translation takes no more work for each byte of a body than promised") {
  for (const HostileBody& body : hostile_bodies()) {
    DYNAMIC_SECTION(body.name) {
      CountingClock clock;
      const Engine engine(config_with(clock));
      const Module module = load(engine, body, 300'000);
      Store store(engine);
      store.set_deadline(CountingClock::deadline());
      vm::WorkMeter meter = vm::work_meter(*store.data());
      must(translate(module, meter));
      const uint64_t units = clock.looks * vm::WorkMeter::units_per_look,
                     size = module.data()->module->bodies[0].size;
      INFO(units << " units for " << size << " bytes");
      CHECK(units <= size * units_for_each + units_beside);
      CHECK(units + vm::WorkMeter::units_per_look >= size); // every byte is counted
    }
  }
}

TEST_CASE("a translation that the deadline cuts off can be tried again") {
  CountingClock clock;
  Fixture f(config_with(clock));
  const Module module = compile(f.engine, long_function());
  const Instance instance = must(f.linker.instantiate(f.store, module));
  const auto function = must(instance.func<void(int32_t)>("f"));
  f.store.set_deadline(CountingClock::deadline());
  for (const uint64_t look : {3u, 10u, 50u}) {
    clock.due_at = clock.looks + look;
    const Error error = error_of(function(0));
    CHECK(error.code() == ErrorCode::deadline_exceeded);
    CHECK(clock.looks < clock.due_at + 3); // little work follows it
    CHECK(module.data()->code.find(0) == nullptr);
    CHECK(f.engine.data()->work_budget.used() == 0);
  }
  clock.due_at = ~uint64_t{0};

  SECTION("by the same store") { must(function(1)); }
  SECTION("by another one") {
    Store other(f.engine);
    must(must(must(f.linker.instantiate(other, module)).func<void(int32_t)>("f"))(1));
    must(function(1));
  }
}

TEST_CASE("an interrupt ends a translation") {
  CountingClock clock;
  Fixture f(config_with(clock));
  const Instance instance = f.instantiate(long_function());
  const auto function = must(instance.func<void(int32_t)>("f"));
  f.store.set_deadline(CountingClock::deadline());
  InterruptHandle handle = f.store.interrupt_handle();
  const uint64_t before = clock.looks;
  clock.at_look = [&](uint64_t look) {
    if (look == before + 10) handle.interrupt();
  };
  CHECK(error_of(function(0)).code() == ErrorCode::interrupted);
  CHECK(clock.looks < before + 13);
  must(function(1));
}

TEST_CASE("many small translations check the deadline like a large one") {
  constexpr int functions = 3000;
  std::string text = "(module (table funcref (elem";
  for (int i = 0; i < functions; ++i) text += " $f" + std::to_string(i);
  text += ")) (func (export \"all\") (local i32)";
  text += "(loop (call_indirect (local.get 0)) (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) "
          "(i32.const 1))) (i32.const " +
          std::to_string(functions) + ")))))";
  for (int i = 0; i < functions; ++i)
    text +=
        "(func $f" + std::to_string(i) + " (local i32) (local.set 0 (i32.mul (local.get 0) (i32.const 5))))";
  CountingClock clock;
  Config config = config_with(clock);
  config.fuel_slice = 1 << 30; // the interpreter checks nothing
  Fixture f(config);
  const Instance instance = f.instantiate(text + ")");
  const auto all = must(instance.func<void()>("all"));
  f.store.set_deadline(CountingClock::deadline());
  const uint64_t before = clock.looks;
  must(all());
  CHECK(clock.looks - before >= uint64_t{functions} * 20 / vm::WorkMeter::units_per_look);
}

TEST_CASE("a body that exceeds the engine's budget is an error, and others still run") {
  Config config = test_config();
  config.engine_budget = 500'000;
  Fixture f(config);
  const Instance instance = f.instantiate(long_function());
  const Error error = error_of(must(instance.func<void(int32_t)>("f"))(1));
  CHECK(error.kind() == ErrorKind::limit);
  CHECK(says(error, "engine_budget limit exceeded: "));
  CHECK(error.func_index() == 0);
  CHECK(f.engine.data()->work_budget.used() == 0);
  CHECK(must(must(instance.func<int32_t()>("small"))()) == 7);
  CHECK(says(error_of(must(instance.func<void(int32_t)>("f"))(1)), "engine_budget limit exceeded: "));
}

TEST_CASE("a store's budget pays for its translations, and for code until the module goes") {
  const auto budget = std::make_shared<ByteBudget>(30 << 20);
  const Engine engine(test_config());
  std::optional<Module> module = compile(engine, long_function());
  const auto call = [&](const std::shared_ptr<ByteBudget>& payer) {
    Store store(engine);
    store.set_budget(payer);
    const Instance instance = must(Linker(engine).instantiate(store, *module));
    return must(instance.func<void(int32_t)>("f"))(1);
  };
  const auto small = std::make_shared<ByteBudget>(500'000);
  const Error error = error_of(call(small));
  CHECK(error.kind() == ErrorKind::limit);
  CHECK(says(error, "budget_bytes limit exceeded: "));
  CHECK(small->used() == 0);
  CHECK(engine.data()->work_budget.used() == 0);

  must(call(budget)); // an unpaid translation is tried again
  const uint64_t code_bytes = module->data()->code.code_bytes();
  CHECK(code_bytes > 500'000);
  CHECK(budget->used() == code_bytes); // the store is destroyed
  must(call(small));                   // the code exists
  CHECK(small->used() == 0);
  module.reset();
  CHECK(budget->used() == 0);
}

/// While other threads translate, the engine's budget may refuse each of these steps.
static Result<void> instantiate_and_call(const Engine& engine, const Module& module) {
  Store store(engine);
  const auto instance = Linker(engine).instantiate(store, module);
  if (!instance) return fail(instance.error());
  const auto func = instance->func<void(int32_t)>("f");
  return func ? (*func)(1) : fail(func.error());
}

TEST_CASE("threads share the engine's budget") {
  Config config = test_config();
  config.engine_budget = 12 << 20; // one translation fits, four may not
  const Engine engine(config);
  const Module module = compile(engine, long_function());
  std::vector<std::thread> threads;
  std::atomic<int> unexpected = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      const Result<void> result = instantiate_and_call(engine, module);
      if (!result && !says(result.error(), "engine_budget limit exceeded: ")) ++unexpected;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(unexpected == 0);
  CHECK(engine.data()->work_budget.used() == 0);
  Store store(engine);
  must(must(must(Linker(engine).instantiate(store, module)).func<void(int32_t)>("f"))(1));
}

TEST_CASE("a side table has the place of every instruction, and is made once") {
  const Engine engine(test_config());
  const Module module = compile(engine, long_function());
  ByteBudget budget(100 << 20);
  vm::WorkMeter meter(budget);
  const vm::Code* code = must(translate(module, meter));
  const auto side_table = [&](vm::WorkMeter& with) {
    return engine.data()->side_table(*module.data(), 0, with);
  };
  ByteBudget too_small(100'000);
  vm::WorkMeter refusing(too_small);
  CHECK_FALSE(side_table(refusing));
  CHECK(refusing.has_refused());

  const auto table = must(side_table(meter));
  uint32_t before = 0;
  for (uint32_t offset = 0; offset < code->size; offset += code->size / 40) {
    const uint32_t module_offset = table->at(offset).module_offset;
    CHECK(module_offset >= before);
    before = module_offset;
  }
  CHECK(before > table->at(0).module_offset);
  CHECK(budget.used() == 0);
  vm::WorkMeter idle(too_small); // a table that is kept costs no work
  CHECK(must(side_table(idle)) == table);
}

TEST_CASE("a side table counts against the budget of the store until the module is destroyed") {
  const Engine engine(test_config());
  auto module = std::make_optional(compile(engine, R"((module (func (export "f") unreachable)))"));
  auto budget = std::make_shared<ByteBudget>(1 << 20);
  {
    Store store(engine);
    store.set_budget(budget);
    const Instance instance = must(Linker(engine).instantiate(store, *module));
    const uint64_t before = budget->used();
    for (int i = 0; i < 3; ++i) {
      const Error error = error_of(must(instance.func("f")).call({}));
      CHECK(error.backtrace().at(0).module_offset == error.offset());
      CHECK(error.offset() != Error::no_offset);
    }
    CHECK(budget->used() > before);
  }
  CHECK(budget->used() > module->data()->code.code_bytes());
  module.reset();
  CHECK(budget->used() == 0);
}

TEST_CASE("positions are found even if the budget does not pay for keeping them") {
  const Engine engine(test_config());
  const Module module = compile(engine, R"((module (func (export "f") unreachable)))");
  ByteBudget all(1 << 20);
  vm::WorkMeter meter(all);
  must(translate(module, meter));
  const auto payer = std::make_shared<ByteBudget>(4);
  vm::CodeStore& code = module.data()->code;
  const auto table = must(engine.data()->side_table(*module.data(), 0, meter));
  vm::CodeStore other;
  CHECK(other.keep(0, table, payer) == table);
  CHECK(other.side_table(0) == nullptr);
  CHECK(payer->used() == 0);
  CHECK(code.side_table(0) == table);
}
