// Measures costs that a benchmark program cannot see from inside: loading, calls between host and guest,
// making instances. Prints one JSON object; tests/bench/bench.py runs it. Each figure is for one thread, the
// best of several repetitions. It is processor time, except that of translation, which is wall-clock time,
// function by function.
//
//    measure FILE.wasm…
#include "skerry/linker.hpp"
#include "skerry/wasi/wasi.hpp"
#include "skerry/wat.hpp"
#include "vm/code/compiled_module.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/module.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <time.h>
#include <vector>

namespace {

using namespace skerry;

/// Processor time of this thread: other work on the machine does not count.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
double seconds_since(double start) { return cpu_seconds() - start; }

template <class F> double best_of(int repetitions, F&& f) {
  double best = 1e9;
  for (int i = 0; i < repetitions; ++i) {
    const double start = cpu_seconds();
    f();
    best = std::min(best, seconds_since(start));
  }
  return best;
}

template <class T> T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "measure: %s\n", result.error().describe().c_str());
  std::exit(1);
}

struct Translation {
  double seconds = 0;
  uint64_t body_bytes = 0, code_bytes = 0;
};

/// The sum over all functions of each one's best time, so that other work on the machine is left out.
/// Wall-clock time, because reading the processor time takes longer than a small function does.
template <class Load> Translation measure_translation(const Engine& engine, Load&& load) {
  constexpr int repetitions = 10;
  using Clock = std::chrono::steady_clock;
  std::vector<Clock::duration> best;
  Translation sum;
  for (int i = 0; i < repetitions; ++i) {
    const Module module = load(); // keeps its code, so each repetition needs its own module
    const vm::CompiledModule& compiled = *module.data();
    const vm::Module& data = *compiled.module;
    best.resize(data.bodies.size(), Clock::duration::max());
    for (uint32_t f = 0; f < data.bodies.size(); ++f) {
      vm::WorkMeter meter(engine.data()->work_budget);
      const auto start = Clock::now();
      if (!engine.data()->translate(compiled, f, meter)) return {};
      best[f] = std::min(best[f], Clock::now() - start);
    }
    sum.body_bytes = 0;
    for (const auto& body : data.bodies) sum.body_bytes += body.size;
    sum.code_bytes = compiled.code.code_bytes();
  }
  for (const auto& one : best) sum.seconds += std::chrono::duration<double>(one).count();
  return sum;
}

void measure_load(const std::string& file, bool is_last) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const Engine engine;
  const auto load = [&] { return must(Module::compile(engine, std::as_bytes(std::span(bytes)))); };
  const int repetitions = bytes.size() > 1'000'000 ? 5 : 20;
  const double compile = best_of(repetitions, [&] { load(); });
  const Translation translated = measure_translation(engine, load);
  const double megabyte = 1e6;
  std::printf("    {\"file\": \"%s\", \"bytes\": %zu, \"load_ms\": %.3f, \"load_mb_per_s\": %.1f, "
              "\"translate_ms\": %.3f, \"translate_mb_per_s\": %.1f, \"code_per_body_byte\": %.2f}%s\n",
              file.substr(file.rfind('/') + 1).c_str(), bytes.size(), compile * 1e3,
              static_cast<double>(bytes.size()) / compile / megabyte, translated.seconds * 1e3,
              static_cast<double>(translated.body_bytes) / translated.seconds / megabyte,
              static_cast<double>(translated.code_bytes) /
                  static_cast<double>(std::max<uint64_t>(translated.body_bytes, 1)),
              is_last ? "" : ",");
}

constexpr const char* calls = R"((module
  (import "env" "host" (func $host (param i32) (result i32)))
  (memory 1)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "loop") (param i32) (result i32) (local i32)
    (loop $l
      (local.set 1 (call $host (local.get 1)))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1))
  (func (export "empty") (param i32) (result i32) (local i32)
    (loop $l
      (local.set 1 (i32.add (local.get 1) (i32.const 1)))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1))))";

void measure_calls() {
  constexpr int count = 2'000'000;
  const Engine engine;
  const std::vector<std::byte> bytes = must(wat::to_binary(calls));
  const Module module = must(Module::compile(engine, bytes));
  Linker linker(engine);
  linker.define("env", "host", [](int32_t x) { return x + 1; });
  Store store(engine);
  const Instance instance = must(linker.instantiate(store, module));
  const auto add = must(instance.func<int32_t(int32_t, int32_t)>("add"));
  const auto loop = must(instance.func<int32_t(int32_t)>("loop"));
  const auto empty = must(instance.func<int32_t(int32_t)>("empty"));
  int32_t sum = 0;
  const double host_to_wasm = best_of(7, [&] {
    for (int i = 0; i < count; ++i) sum = *add(sum, i);
  });
  const double with_host = best_of(7, [&] { sum += *loop(count); });
  const double without = best_of(7, [&] { sum += *empty(count); });
  constexpr int instances = 2000;
  const double instantiation = best_of(5, [&] {
    for (int i = 0; i < instances; ++i) {
      Store own(engine);
      must(linker.instantiate(own, module));
    }
  });
  std::printf(
      "  \"host_to_wasm_ns\": %.1f,\n  \"wasm_to_host_ns\": %.1f,\n  \"store_and_instance_us\": %.2f,\n",
      host_to_wasm / count * 1e9, (with_host - without) / count * 1e9, instantiation / instances * 1e6);
  const double engines = best_of(20, [] { const Engine one; });
  std::printf("  \"engine_us\": %.1f,\n", engines * 1e6);
  if (sum == 42) std::printf("\n"); // keeps the compiler from removing the calls
}

} // namespace

int main(int argc, char** argv) {
  std::printf("{\n");
  measure_calls();
  std::printf("  \"load\": [\n");
  for (int i = 1; i < argc; ++i) measure_load(argv[i], i + 1 == argc);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("  ],\n  \"peak_rss_kib\": %ld\n}\n", usage.ru_maxrss);
}
