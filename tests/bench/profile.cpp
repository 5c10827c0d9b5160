// Profiles which handlers run one after the other: runs a WASI program with a counter before every
// instruction of the threaded code and writes, for each function, its instructions as lines "times depth
// handler". A handler has the name of its operation in vm/code/sequences.def, or `-` if sequences are not
// made of it. tests/bench/sequences.py makes that list of profiles. Equal runs give equal profiles.
//
//    profile OUTPUT [--dir HOST::GUEST] [--env KEY=VALUE] FILE.wasm [ARGUMENTS…]
//    profile --names     lists the names of all handlers
#include "skerry/linker.hpp"
#include "skerry/wasi/wasi.hpp"
#include "tests/bench/handler_names.hpp"
#include "vm/code/compiled_module.hpp"
#include "vm/code/layout.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module.hpp"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using namespace skerry;

struct Options {
  std::string output, file;
  wasi::Config wasi;
};

Options parse(int argc, char** argv) {
  Options options;
  options.output = argv[1];
  int i = 2;
  for (; i + 1 < argc && std::strncmp(argv[i], "--", 2) == 0; i += 2) {
    const std::string value = argv[i + 1];
    if (std::strcmp(argv[i], "--dir") == 0) {
      const size_t colons = value.find("::");
      options.wasi.preopens.push_back(
          {value.substr(0, colons), value.substr(colons + 2), wasi::PreopenMode::read_write});
    } else {
      const size_t equals = value.find('=');
      options.wasi.env.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    }
  }
  options.file = argv[i];
  for (; i < argc; ++i) options.wasi.args.emplace_back(argv[i]);
  options.wasi.stdin_stream = wasi::Inherit{};
  options.wasi.stdout_stream = wasi::Inherit{};
  options.wasi.stderr_stream = wasi::Inherit{};
  options.wasi.determinism = wasi::Determinism{};
  return options;
}

Engine counting_engine() {
  Config config;
  config.fusion = false;
  Engine engine(config);
  auto handlers = std::make_shared<vm::HandlerTable>(*engine.data()->handlers);
  handlers->count = vm::counting_handler();
  engine.data()->handlers = handlers;
  return engine;
}

using NameOf = std::unordered_map<vm::Handler, std::string>;

NameOf names_of(const vm::HandlerTable& table) {
  NameOf names;
  for (auto& [name, handler] : bench::named_handlers(table)) names.emplace(handler.handler, std::move(name));
  return names;
}

void write_function(const vm::Code& code, const NameOf& names, std::FILE* out) {
  for (uint32_t at = 0; at + sizeof(vm::layout::Count) + sizeof(vm::layout::HandlerWord) <= code.size;
       at += sizeof(vm::layout::HandlerWord)) {
    const auto& counted = vm::layout::at<vm::layout::Count>(code.bytes.get() + at);
    if (counted.handler.handler != vm::counting_handler()) continue;
    const auto name =
        names.find(*reinterpret_cast<const vm::Handler*>(code.bytes.get() + at + sizeof counted));
    std::fprintf(out, "%llu %llu %s\n", static_cast<unsigned long long>(counted.count),
                 static_cast<unsigned long long>(counted.depth),
                 name == names.end() ? "-" : name->second.c_str());
  }
  std::fprintf(out, "\n");
}

/// Translates every function, so that the profile also has code that did not run, with its depth.
void write_profile(const Module& module, const std::string& path) {
  std::FILE* out = std::fopen(path.c_str(), "w");
  const vm::Module& data = *module.data()->module;
  const NameOf names = names_of(*data.engine->handlers);
  for (uint32_t i = 0; i < data.bodies.size(); ++i) {
    vm::WorkMeter meter(data.engine->work_budget);
    const auto code = data.engine->translate(*module.data(), i, meter);
    if (code) write_function(**code, names, out);
  }
  std::fclose(out);
}

int complain(const Error& error) {
  std::fprintf(stderr, "%s\n", error.describe().c_str());
  return 1;
}

int run(const Options& options) {
  std::ifstream in(options.file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const Engine engine = counting_engine();
  auto module = Module::compile(engine, std::as_bytes(std::span(bytes)));
  if (!module) return complain(module.error());
  auto context = wasi::Context::create(options.wasi);
  if (!context) return complain(context.error());
  Linker linker(engine);
  wasi::add_to_linker(linker, *context);
  linker.set_unknown_imports(UnknownImports::return_zeros);
  Store store(engine);
  auto instance = linker.instantiate(store, *module);
  if (!instance) return complain(instance.error());
  if (auto start = instance->func("_start"); start) {
    auto done = start->call({});
    if (!done && done.error().code() != ErrorCode::exit) complain(done.error());
  }
  write_profile(*module, options.output);
  return 0;
}

int print_names() {
  for (const auto& [name, handler] : bench::named_handlers(*Engine().data()->handlers))
    std::printf("%s\n", name.c_str());
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--names") == 0) return print_names();
  if (argc < 3) {
    std::fprintf(stderr,
                 "usage: profile OUTPUT [--dir HOST::GUEST] [--env KEY=VALUE] FILE.wasm [ARGUMENTS…]\n"
                 "       profile --names\n");
    return 2;
  }
  return run(parse(argc, argv));
}
