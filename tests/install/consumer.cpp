// Uses the package that find_package(skerry) finds: compiles a module that adds, runs it, and makes a WASI
// context.
#include <skerry/linker.hpp>
#include <skerry/wasi/wasi.hpp>

#include <cstdio>
#include <span>

static const unsigned char add_wasm[] = {
    0,  'a', 's', 'm',  1,   0,    0,    0,                      // header
    1,  7,   1,   0x60, 2,   0x7f, 0x7f, 1,    0x7f,             // type (i32, i32) -> (i32)
    3,  2,   1,   0,                                             // one function of this type
    7,  7,   1,   3,    'a', 'd',  'd',  0,    0,                // exported as "add"
    10, 9,   1,   7,    0,   0x20, 0,    0x20, 1,    0x6a, 0x0b, // local.get 0, local.get 1, i32.add
};

int main() {
  const skerry::Engine engine;
  auto module = skerry::Module::compile(engine, std::as_bytes(std::span(add_wasm)));
  auto context = skerry::wasi::Context::create({});
  if (!module || !context) return 1;
  skerry::Store store(engine);
  skerry::Linker linker(engine);
  skerry::wasi::add_to_linker(linker, *context);
  auto instance = linker.instantiate(store, *module);
  if (!instance) return 2;
  auto add = instance->func<int32_t(int32_t, int32_t)>("add");
  if (!add) return 3;
  const auto sum = (*add)(2, 40);
  if (!sum || *sum != 42) return 4;
  std::puts("installed skerry says 42");
  return 0;
}
