// An embedder in C++20: includes every public header (CMake writes the list) and uses the API.
#include "all_headers.hpp"

#include <any>
#include <array>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#if __cplusplus >= 202'300L
#error "this program must be compiled as C++20"
#endif

namespace {

constexpr const char* guest = R"((module
  (import "env" "twice" (func $twice (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (param i32) (result i32) (call $twice (local.get 0)))
  (func (export "same") (param externref) (result externref) (local.get 0))))";

skerry::Result<skerry::Instance> instantiate(skerry::Store& store) {
  auto bytes = skerry::wat::to_binary(guest);
  if (!bytes) return skerry::fail(std::move(bytes.error()));
  auto module = skerry::Module::compile(store.engine(), *std::move(bytes));
  if (!module) return skerry::fail(std::move(module.error()));
  skerry::Linker linker(store.engine());
  auto twice = skerry::Func::create(store, [](int32_t number) { return 2 * number; });
  if (!twice) return skerry::fail(std::move(twice.error()));
  linker.define("env", "twice", *twice);
  return linker.instantiate(store, *module);
}

skerry::Result<int32_t> run(skerry::Store& store, const skerry::Instance& instance) {
  auto host_value = store.make_externref(std::string("host"));
  if (!host_value) return skerry::fail(std::move(host_value.error()));
  auto same =
      instance.func<skerry::Ref(skerry::Ref)>("same").and_then([&](auto f) { return f(*host_value); });
  if (!same || *same != *host_value) return skerry::fail(skerry::Error::host("another reference"));
  auto memory = instance.memory();
  if (!memory || !memory->write(8, int32_t{21})) return skerry::fail(skerry::Error::host("no memory"));
  return memory->read<int32_t>(8).and_then([&](int32_t number) -> skerry::Result<int32_t> {
    auto function = instance.func("run");
    if (!function) return skerry::fail(std::move(function.error()));
    return function->call(std::array{skerry::Value(number)}).transform([](const auto& results) {
      return results.front().as_i32();
    });
  });
}

} // namespace

int main() {
  const skerry::Engine engine;
  skerry::Store store(engine);
  const auto result = instantiate(store).and_then([&](const auto& instance) { return run(store, instance); });
  if (!result) return std::puts(result.error().message().c_str()), 1;
  std::printf("a C++20 program says %d\n", *result);
  return 0;
}
