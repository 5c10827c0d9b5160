// Runs guests that the test build compiled on the engine.
#pragma once

#include "skerry/engine.hpp"
#include "skerry/linker.hpp"
#include "skerry/wasi/wasi.hpp"
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace skerry::test {

struct GuestResult {
  int status = 0; // as a shell reports it: 134 for a trap
  std::string output;
  Error error = Error::exit(0);
  uint64_t fuel = 0;
};

/// Options for a guest's run.
struct GuestHooks {
  std::function<void(Linker&, wasi::Context&)> link = [](Linker&, wasi::Context&) {};
  std::function<void(Store&)> prepare = [](Store&) {};
};

/// A compiled guest, by the name of its wasm file. Runs share the module.
class Guest {
public:
  explicit Guest(const std::string& name) {
    const std::string bytes = read_file(fs::path(SKERRY_TEST_GUESTS) / (name + ".wasm"));
    is_there_ = !bytes.empty();
    if (!is_there_) return;
    auto compiled = Module::compile(engine_, std::as_bytes(std::span(bytes)));
    REQUIRE(compiled);
    module_ = std::move(*compiled);
  }
  /// False if the build has no compiler for guests.
  bool is_there() const { return is_there_; }

  GuestResult run(wasi::Config config, std::vector<std::string> args, const GuestHooks& hooks = {}) const {
    const auto captured = std::make_shared<wasi::OutputBuffer>(size_t{1} << 20);
    args.insert(args.begin(), "guest");
    config.args = std::move(args);
    config.stdout_stream = captured;
    auto context = wasi::Context::create(std::move(config));
    REQUIRE(context);
    StoreLimits limits;
    limits.stack_bytes = size_t{8} << 20;
    Store store(engine_, limits);
    Linker linker(engine_);
    wasi::add_to_linker(linker, *context);
    hooks.link(linker, *context);
    const auto instance = linker.instantiate(store, *module_);
    REQUIRE(instance);
    hooks.prepare(store);
    GuestResult result;
    if (auto done = instance->func("_start")->call({}); !done) {
      result.error = std::move(done.error());
      result.status = result.error.exit_status().value_or(134);
    }
    result.output = captured->text();
    result.fuel = store.fuel_used();
    return result;
  }

private:
  Engine engine_;
  bool is_there_ = false;
  std::optional<Module> module_;
};

} // namespace skerry::test
