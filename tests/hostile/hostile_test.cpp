// Every hostile module is refused or loaded within 0.2 s of processor time and 64 MB of heap.
#include "tests/catch.hpp"
#include "tests/hostile/modules.hpp"
#include "tests/support/heap_meter.hpp"
#include "tests/support/hostile_bodies.hpp"

#include "skerry/linker.hpp"
#include "skerry/module.hpp"
#include "skerry/store.hpp"
#include "vm/code/compiled_module.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace skerry::test {

namespace {

#if defined(SKERRY_SANITIZED)
constexpr size_t allowed_bytes =
    128u << 20; // also counts calloc, which tables come from: pages that are never touched
#else
constexpr size_t allowed_bytes = 64u << 20;
#endif
#if defined(SKERRY_SANITIZED) || !defined(NDEBUG) || defined(SKERRY_TEST_EMULATED)
constexpr double allowed_seconds = 10; // for slow builds
#else
constexpr double allowed_seconds = 0.2;
#endif

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct Cost {
  double seconds;
  size_t bytes;
};

template <class Work> Cost measure(Work work) {
  const double seconds = processor_seconds();
  const size_t bytes = heap::peak_of(work);
  return {processor_seconds() - seconds, bytes};
}

Engine make_engine(bool all_features) {
  Config config;
  if (all_features) config.features = Features::all();
  return Engine(config);
}

void check_error(const Error& error, const HostileModule& expected) {
  CHECK(error.message().substr(0, expected.message.size()) == expected.message);
  CHECK(error.kind() == *expected.compile_error);
  REQUIRE(error.offset() != Error::no_offset);
  CHECK(error.describe().find("at byte offset 0x") != std::string::npos);
}

/// Modules with imports are only compiled.
void check_instantiation(const Engine& engine, const Module& module, const HostileModule& expected) {
  if (!module.imports().empty()) return;
  Store store(engine);
  const auto instance = Linker(engine).instantiate(store, module);
  CHECK(instance.has_value() != expected.refused_by_store);
  if (!instance) CHECK(instance.error().kind() == ErrorKind::limit);
}

void check_module(const HostileModule& expected) {
  const Engine engine = make_engine(expected.all_features);
  const std::vector<std::byte> bytes = expected.make();
  std::optional<Result<Module>> module;
  const Cost cost = measure([&] { module = Module::compile(engine, bytes); });
  CHECK(cost.seconds < allowed_seconds);
  CHECK(cost.bytes < allowed_bytes);
  REQUIRE(module->has_value() != expected.compile_error.has_value());
  if (expected.compile_error) return check_error(module->error(), expected);
  const Cost start = measure([&] { check_instantiation(engine, **module, expected); });
  CHECK(cost.seconds + start.seconds < allowed_seconds);
  CHECK(start.bytes < allowed_bytes);
}

} // namespace

TEST_CASE("hostile modules are refused or loaded within bounds") {
  const auto modules = hostile_modules();
  CHECK(modules.size() >= 40);
  for (const HostileModule& module : modules) {
    DYNAMIC_SECTION(module.name) { check_module(module); }
  }
}

TEST_CASE("the small module is valid") {
  const auto module = Module::compile(make_engine(false), small_module());
  INFO((module ? "" : module.error().describe()));
  CHECK(module.has_value());
}

TEST_CASE("truncations at every byte are malformed, except between sections") {
  const Engine engine = make_engine(false);
  const auto bytes = small_module();
  size_t refused = 0;
  for (size_t size = 0; size < bytes.size(); ++size) {
    // A copy on the heap of exactly this size, so that sanitizers detect a read past the end.
    const std::vector<std::byte> prefix(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto module = Module::compile(engine, prefix);
    if (module) continue;
    ++refused;
    INFO(size << " bytes: " << module.error().describe());
    CHECK(module.error().offset() <= size);
  }
  CHECK(refused >= bytes.size() - 10);
}

TEST_CASE("changing any byte of a module is harmless") {
  const Engine engine = make_engine(true);
  const auto original = small_module();
  for (size_t at = 0; at < original.size(); ++at) {
    for (const int value : {0x00, 0x01, 0x0b, 0x40, 0x7f, 0x80, 0xff}) {
      auto bytes = original;
      bytes[at] = static_cast<std::byte>(value);
      const auto module = Module::compile(engine, bytes);
      if (!module) CHECK(module.error().offset() <= bytes.size());
    }
  }
}

TEST_CASE("all memory that a translation holds is charged to its budget") {
  const Engine engine = make_engine(false);
  for (const HostileBody& body : hostile_bodies()) {
    DYNAMIC_SECTION(body.name) {
      const auto module = Module::compile(engine, body.make(100'000));
      REQUIRE(module.has_value());
      const vm::CompiledModule& data = *module->data();
      for (const uint64_t allowed : {100'000u, 1'000'000u, 30'000'000u}) {
        ByteBudget budget(allowed);
        vm::WorkMeter meter(budget);
        bool done = false;
        const size_t peak =
            heap::peak_of([&] { done = engine.data()->translate(data, 0, meter).has_value(); });
        constexpr uint64_t beside = 16'384; // errors, and the owner of the code
        CHECK(peak <= allowed + data.code.code_bytes() + beside);
        CHECK(budget.used() == 0);
        CHECK((done || allowed < 30'000'000));
      }
    }
  }
}

} // namespace skerry::test
