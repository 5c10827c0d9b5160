// Embedding Skerry: a guest calls a function of the host, and the host calls a function of the guest.
#include <skerry/skerry.hpp>

#include <iostream>

constexpr std::string_view guest = R"((module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "adding")
  (func (export "add") (param i32 i32) (result i32)
    (call $log (i32.const 16) (i32.const 6))
    (i32.add (local.get 0) (local.get 1)))))";

skerry::Result<int32_t> add(int32_t a, int32_t b) {
  skerry::Engine engine;
  auto bytes = skerry::wat::to_binary(guest); // or the bytes of a .wasm file
  if (!bytes) return skerry::fail(bytes.error());
  auto module = skerry::Module::compile(engine, *bytes); // decoded and validated
  if (!module) return skerry::fail(module.error());

  skerry::Linker linker(engine);
  linker.define("env", "log", [](std::string_view text) { std::cout << "guest: " << text << '\n'; });
  skerry::Store store(engine, {.memory_bytes = 32 << 20});
  store.set_fuel(1'000'000); // instructions
  auto instance = linker.instantiate(store, *module);
  if (!instance) return skerry::fail(instance.error());

  auto function = instance->func<int32_t(int32_t, int32_t)>("add"); // the type is checked once, here
  if (!function) return skerry::fail(function.error());
  return (*function)(a, b); // the sum, or a trap with a backtrace
}

int main() {
  auto sum = add(2, 40);
  if (!sum) {
    std::cerr << sum.error().describe() << '\n';
    return 1;
  }
  std::cout << *sum << '\n';
}
