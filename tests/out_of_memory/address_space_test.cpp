// Runs the suites of hostile modules and of plugins in processes with little address space (RLIMIT_AS). There
// the whole system refuses memory, including mmap and the C library, and not only operator new.
#include "tests/catch.hpp"
#include "tests/hostile/modules.hpp"
#include "tests/out_of_memory/child_process.hpp"
#include "tests/out_of_memory/sweep.hpp"

#include "skerry/image.hpp"
#include "skerry/linker.hpp"
#include "skerry/module.hpp"
#include "skerry/store.hpp"
#include "skerry/wat.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skerry::test {

namespace {

/// Address space beyond that of the process when it is forked.
constexpr uint64_t steps_kib[] = {256, 1024, 4096, 16384, 65536};
/// Enough for the small module to load every time.
constexpr uint64_t enough_kib = 16384;

struct Input {
  HostileModule module;
  std::vector<std::byte> bytes;
};

std::vector<Input> inputs() {
  std::vector<Input> all;
  for (const HostileModule& module : hostile_modules()) all.push_back({module, module.make()});
  return all;
}

Config everything_on() {
  Config config;
  config.features = Features::all();
  return config;
}

/// Counts, in a child, how often memory ran out.
uint64_t ran_out = 0;

bool has_run_out(const Error& error) {
  if (!says_out_of_memory(error)) return false;
  ++ran_out;
  return true;
}

/// The smallest step must be so small that memory runs out at all.
std::string end_of(uint64_t kib) { return kib == steps_kib[0] && ran_out == 0 ? "memory never ran out" : ""; }

/// Empty, or a description of a wrong outcome.
std::string wrong_outcome(const HostileModule& expected, const std::optional<Error>& error, bool compiled) {
  if (error && has_run_out(*error)) return {};
  const bool is_right = compiled ? error.has_value() == expected.refused_by_store
                                 : error && expected.compile_error == error->kind();
  return is_right ? "" : expected.name + ": " + (error ? error->describe() : "no error");
}

std::string load(const Engine& engine, const Input& input) {
  auto module = Module::compile(engine, input.bytes);
  if (!module) return wrong_outcome(input.module, std::move(module.error()), false);
  if (!module->imports().empty()) return {};
  Store store(engine);
  auto instance = Linker(engine).instantiate(store, *module);
  return wrong_outcome(input.module, instance ? std::nullopt : std::optional(std::move(instance.error())),
                       true);
}

/// The work of a process with `kib` more address space; returns what was wrong. Large modules take long, so
/// they are loaded at one step only.
std::string load_all(const std::vector<Input>& all, uint64_t kib) {
  constexpr size_t large = 256 << 10;
  try {
    const Engine plain, full(everything_on());
    for (const Input& input : all) {
      if (input.bytes.size() > large && kib != enough_kib) continue;
      if (auto wrong = load(input.module.all_features ? full : plain, input); !wrong.empty()) return wrong;
    }
    const auto small = Module::compile(plain, small_module());
    if (!small && (kib >= enough_kib || !has_run_out(small.error())))
      return "the small module: " + small.error().describe();
  } catch (const std::bad_alloc&) { // of a constructor
    ++ran_out;
    if (kib >= enough_kib) return "an engine cannot be made";
  }
  return end_of(kib);
}

constexpr std::string_view growing = R"((module
  (memory (export "memory") 1) (table $t 1 funcref)
  (func (export "run") (param i32) (result i32)
    (loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    (loop $more (br_if $more (i32.ne (table.grow $t (ref.null func) (i32.const 100000)) (i32.const -1))))
    (i32.const 7))))";

/// A guest that takes all memory, and one beside it.
std::string grow_all(const std::vector<std::byte>& bytes, uint64_t kib) {
  try {
    const Engine engine;
    const auto module = Module::compile(engine, bytes);
    if (!module) return has_run_out(module.error()) ? "" : module.error().describe();
    Store first(engine), second(engine);
    const Linker linker(engine);
    for (Store* store : {&first, &second}) {
      const auto instance = linker.instantiate(*store, *module);
      if (!instance && !has_run_out(instance.error())) return instance.error().describe();
      if (!instance) continue;
      const Value argument(int32_t{1});
      const auto done = instance->func("run").value_or(Func()).call(std::span(&argument, 1));
      if (!done && !has_run_out(done.error()) && done.error().kind() != ErrorKind::usage)
        return done.error().describe();
      if (done && done->front().as_i32() != 7) return "a wrong result";
      if (const auto image = Image::freeze(*instance); !image && !has_run_out(image.error()))
        return image.error().describe();
    }
  } catch (const std::bad_alloc&) {
    ++ran_out;
    if (kib >= enough_kib) return "an engine cannot be made";
  }
  return end_of(kib);
}

} // namespace

TEST_CASE("hostile modules in little address space are refused or loaded") {
  if (cannot_limit_address_space()) return;
  const auto all = inputs();
  for (const uint64_t kib : steps_kib) {
    INFO(kib << " KiB of address space");
    CHECK(in_limited_child(kib, [&] { return load_all(all, kib); }) == "");
  }
}

TEST_CASE("guests that cannot grow in little address space get -1") {
  if (cannot_limit_address_space()) return;
  const auto bytes = wat::to_binary(growing);
  REQUIRE(bytes);
  for (const uint64_t kib : steps_kib) {
    INFO(kib << " KiB of address space");
    CHECK(in_limited_child(kib, [&] { return grow_all(*bytes, kib); }) == "");
  }
}

} // namespace skerry::test
