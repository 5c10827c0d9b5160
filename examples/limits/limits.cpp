// Guests that misbehave: one lies about its memory, one loops forever, one takes too much memory. Each is
// stopped, and the store works as before.
#include "skerry/skerry.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

/// Returns the value, or ends the program with a message.
template <class T> T expect(skerry::Result<T> result, const char* what) {
  if (!result) {
    std::fprintf(stderr, "%s: %s\n", what, result.error().describe().c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

skerry::Module compile(const skerry::Engine& engine, std::string_view text) {
  const auto bytes = expect(skerry::wat::to_binary(text), "parse");
  return expect(skerry::Module::compile(engine, bytes), "compile");
}

/// A pointer and a length arrive as a view of the guest's memory, which the engine has checked.
void check_what_the_guest_points_at(const skerry::Engine& engine) {
  const skerry::Module module = compile(engine, R"((module
    (import "env" "log" (func $log (param i32 i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) "Hello from the guest")
    (func (export "greet") (call $log (i32.const 16) (i32.const 20)))
    (func (export "lie") (call $log (i32.const 65530) (i32.const 20)))))");
  std::string last;
  skerry::Linker linker(engine);
  linker.define("env", "log", [&](std::string_view text) { last = text; });

  skerry::Store store(engine);
  const skerry::Instance instance = expect(linker.instantiate(store, module), "instantiate");
  expect(expect(instance.func<void()>("greet"), "greet")(), "call");
  std::printf("the guest says: %s\n", last.c_str());
  const auto lie = expect(instance.func<void()>("lie"), "lie")();
  std::printf("a view outside the memory: %s\n", lie ? "accepted?" : lie.error().message().c_str());
}

/// Fuel, time and memory are limited. Their use can be read, and the store works as before.
void stop_what_does_not_behave(const skerry::Engine& engine) {
  const skerry::Module module = compile(engine, R"((module
    (memory 1)
    (func (export "spin") (loop (br 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))");
  skerry::Store store(engine, {.memory_bytes = 1 << 20});
  const skerry::Instance instance = expect(skerry::Linker(engine).instantiate(store, module), "instantiate");
  const auto spin = expect(instance.func<void()>("spin"), "spin");

  store.set_fuel(1'000'000);
  std::printf("an infinite loop with fuel: %s\n", spin().error().message().c_str());
  store.set_fuel(skerry::Store::unlimited_fuel);
  store.set_deadline(skerry::Store::Clock::now() + std::chrono::milliseconds(50));
  std::printf("an infinite loop with a deadline: %s\n", spin().error().message().c_str());
  store.clear_deadline();

  const auto grow = expect(instance.func<int32_t(int32_t)>("grow"), "grow");
  std::printf("17 more pages: %d\n", expect(grow(17), "call"));
  std::printf("15 more pages: %d\n", expect(grow(15), "call"));
  std::printf("memory in use: %llu bytes\n", static_cast<unsigned long long>(store.usage().memory_bytes));
}

} // namespace

int main() {
  const skerry::Engine engine;
  check_what_the_guest_points_at(engine);
  stop_what_does_not_behave(engine);
}
