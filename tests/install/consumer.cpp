// Uses the package that find_package(skerry) finds: compiles a module that adds, runs it, makes a WASI
// context, and tries to load a plugin.
#include <skerry/host/manager.hpp>
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

/// Tries to load a plugin that may use the network, from a file that is not a module. Prints the error.
static bool refuses_plugin(const char* file) {
  skerry::host::Manifest manifest;
  manifest.meta.name = "plugin";
  manifest.wasm_path = file;
  manifest.capabilities.allow_network = true;
  skerry::host::Manager manager;
  const auto plugin = manager.load(manifest);
  if (!plugin) std::printf("%s %s\n", plugin.error().manifest_path.c_str(), plugin.error().message.c_str());
  return !plugin;
}

int main(int, char** argv) {
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
  if (!refuses_plugin(argv[0])) return 5;
  std::puts("installed skerry says 42");
  return 0;
}
