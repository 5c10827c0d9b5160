// Measures the plugin host beside other ways to run foreign code. Prints one JSON object; `./dev bench
// --host` runs it.
//
//    skerry_host_measure PLUGIN_FOLDER LIBRARY SCRIPT_FOLDER
#include "skerry/func.hpp"
#include "skerry/host/manager.hpp"
#include "skerry/host/plugin_call.hpp"
#include "skerry/image.hpp"
#include "skerry/wat.hpp"
#include "tests/bench/host/guests.hpp"
#include "tests/bench/host/measure.hpp"
#include "tests/bench/host/transform.hpp"
#include "tests/host/support/local_server.hpp"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace {

using namespace skerry;
using namespace skerry::host;
using namespace skerry::bench;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

constexpr std::string_view request =
    R"({"request_id":"4711","headers":{"accept":"application/json"},"parameters":{"greeting":"hello, world",)"
    R"("names":["ada","grace","barbara"],"count":3,"nested":{"deep":true,"text":"some more text, to have some work"}}})";

template <class T, class E> T must(skerry::Expected<T, E> result) {
  if (result) return std::move(*result);
  if constexpr (std::is_same_v<E, PluginError>)
    std::fputs(describe(result.error()).c_str(), stderr);
  else
    std::fprintf(stderr, "%s\n", result.error().describe().c_str());
  std::exit(1);
}

void print(const char* name, double value) { std::printf("  \"%s\": %.4g,\n", name, value); }

/// A folder for guests in the text format, and a manager that loads them.
class Bench {
public:
  Bench() {
    std::string name = (fs::temp_directory_path() / "skerry-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder = name;
  }
  ~Bench() {
    manager.close();
    fs::remove_all(folder);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Manifest manifest(StateMode state = StateMode::fresh) {
    Manifest m;
    m.meta.name = "p" + std::to_string(++number_);
    m.wasm_path = folder / (m.meta.name + ".wasm");
    m.timeout = std::chrono::seconds(60);
    m.pool.state = state;
    return m;
  }
  void write(const Manifest& m, std::string_view wat) const {
    const auto bytes = must(wat::to_binary(wat));
    std::ofstream(m.wasm_path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  PluginHandle load(std::string_view wat, const Manifest& m) {
    write(m, wat);
    return must(manager.load(m));
  }

  fs::path folder;
  Manager manager;

private:
  int number_ = 0;
};

/// An example plugin under its own name.
PluginHandle load_example(Manager& manager, const fs::path& file, StateMode state, uint32_t pool = 1) {
  auto m = must(read_manifest(file));
  m.pool.state = state;
  m.pool.size = pool;
  m.timeout = std::chrono::seconds(60);
  m.pool.max_wait = std::chrono::seconds(60);
  m.capabilities.max_total_mb = 16'384; // each call reserves memory for its largest possible answer
  m.fuel.reset();
  return must(manager.load(m));
}

// ---- one request

void check(const std::string& name, const Transform& transform, const std::string& expected) {
  if (transform(request) == expected) return;
  std::fprintf(stderr, "%s answers\n%s\ninstead of\n%s\n", name.c_str(), transform(request).c_str(),
               expected.c_str());
  std::exit(1);
}

void measure_transforms(const fs::path& plugins, const std::string& library, const fs::path& scripts) {
  Manager fresh_host, keep_host;
  const auto fresh = load_example(fresh_host, plugins / "json-transformer.json", StateMode::fresh);
  const auto keep = load_example(keep_host, plugins / "json-transformer.json", StateMode::keep);
  std::vector<std::pair<std::string, Transform>> ways;
  ways.emplace_back("native", in_shared_object(library));
  ways.emplace_back("process", in_process(library));
  ways.emplace_back("skerry_fresh", [&](std::string_view text) { return must(fresh->call(text)); });
  ways.emplace_back("skerry_keep", [&](std::string_view text) { return must(keep->call(text)); });
  if (auto lua = in_lua(scripts / "transformer.lua")) ways.emplace_back("lua", *lua);
  if (auto quickjs = in_quickjs(scripts / "transformer.js")) ways.emplace_back("quickjs", *quickjs);
  const std::string expected = ways.front().second(request);
  for (const auto& [name, transform] : ways) check(name, transform, expected);
  std::vector<double> best(ways.size(), 1e9);
  for (int turn = 0; turn < 10; ++turn) // in turns, so that other load on the machine affects all of them
    for (size_t i = 0; i < ways.size(); ++i)
      best[i] = std::min(best[i], time_of([&] { (void)ways[i].second(request); }, 20, 30));
  for (size_t i = 0; i < ways.size(); ++i) print(("execute_us_" + ways[i].first).c_str(), best[i]);
}

// ---- the host alone

void measure_empty_call(Bench& bench) {
  const auto keep = bench.load(empty(), bench.manifest(StateMode::keep));
  const auto fresh = bench.load(empty(), bench.manifest());
  Engine engine;
  const auto bytes = must(wat::to_binary(empty()));
  const auto module = must(Module::compile(engine, bytes));
  Store store(engine);
  const auto instance = must(Linker(engine).instantiate(store, module));
  const auto bare = must(instance.func<int64_t(int32_t, int32_t)>("execute"));
  double engine_us = 1e9, keep_us = 1e9, fresh_us = 1e9;
  for (int turn = 0; turn < 10; ++turn) {
    engine_us = std::min(engine_us, time_of([&] { (void)bare(0, 0); }, 200, 30));
    keep_us = std::min(keep_us, time_of([&] { (void)keep->call(""); }, 200, 30));
    fresh_us = std::min(fresh_us, time_of([&] { (void)fresh->call(""); }, 50, 30));
  }
  print("empty_us_engine", engine_us);
  print("empty_us_keep", keep_us);
  print("empty_us_fresh", fresh_us);
}

/// The reset alone, after a call that wrote to this many pages of 4 KiB.
double reset_us(const Instance& instance, const Image& image, int pages) {
  const auto execute = must(instance.func<int64_t(int32_t, int32_t)>("execute"));
  std::vector<double> times;
  for (int i = 0; i < 3000; ++i) {
    (void)execute(0, pages);
    const auto start = Clock::now();
    if (!image.restore(instance)) std::abort();
    times.push_back(microseconds(Clock::now() - start));
  }
  return percentile(std::move(times), 0.5);
}

void measure_reset(Bench& bench) {
  Engine engine;
  const auto module = must(Module::compile(engine, must(wat::to_binary(dirties_pages()))));
  Store store(engine);
  const auto instance = must(Linker(engine).instantiate(store, module));
  const auto image = must(Image::freeze(instance));
  for (const int pages : {1, 16, 256}) {
    print(("reset_us_" + std::to_string(pages)).c_str(), reset_us(instance, image, pages));
  }
  // A whole call with fresh state beside one that keeps it: the reset, and the page faults that it causes.
  const auto fresh = bench.load(dirties_pages(), bench.manifest());
  const auto keep = bench.load(dirties_pages(), bench.manifest(StateMode::keep));
  for (const size_t pages : {1, 16}) {
    const std::string input(pages, 'x');
    const double with = time_of([&] { (void)fresh->call(input); });
    print(("fresh_minus_keep_us_" + std::to_string(pages)).c_str(),
          with - time_of([&] { (void)keep->call(input); }));
  }
}

void measure_load(const fs::path& plugins) {
  for (const char* name : {"json-transformer", "json-transformer-wat"}) {
    Manager manager;
    const auto m = must(read_manifest(plugins / (std::string(name) + ".json")));
    const double time = time_of(
        [&] {
          (void)must(manager.load(m));
          (void)manager.unload(m.meta.name);
        },
        1, 100);
    print(("load_us_" + std::string(name)).c_str(), time);
  }
}

// ---- many

double calls_per_second(Plugin& plugin, int threads) {
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> calls = 0;
  std::vector<std::thread> workers;
  const auto start = Clock::now();
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&] {
      uint64_t mine = 0;
      for (; !stop; ++mine) (void)must(plugin.call(request));
      calls += mine;
    });
  std::this_thread::sleep_for(milliseconds(2000));
  stop = true;
  for (std::thread& worker : workers) worker.join();
  return static_cast<double>(calls) / std::chrono::duration<double>(Clock::now() - start).count();
}

uint64_t resident_bytes() {
  std::ifstream rollup("/proc/self/smaps_rollup");
  uint64_t kilobytes = 0;
  for (std::string word; rollup >> word;)
    if (word == "Pss:") rollup >> kilobytes;
  return kilobytes << 10;
}

void measure_many(const fs::path& plugins) {
  Manager manager;
  const auto plugin = load_example(manager, plugins / "json-transformer.json", StateMode::fresh, 2);
  for (const int threads : {1, 2})
    print(("calls_per_second_" + std::to_string(threads)).c_str(), calls_per_second(*plugin, threads));
}

/// A thousand instances at once: while each is in the middle of a request, and after all have answered.
void measure_memory(const fs::path& plugins) {
  constexpr size_t instances = 1000;
  Manager manager;
  const auto plugin = load_example(manager, plugins / "json-transformer.json", StateMode::fresh, instances);
  (void)must(plugin->call(request));
  const uint64_t before = resident_bytes();
  std::vector<PluginCall> calls;
  for (size_t i = 0; i < instances; ++i) {
    calls.push_back(must(plugin->begin(std::string(request))));
    (void)must(calls.back().run(2000));
  }
  print("busy_1000_instances_mb", static_cast<double>(resident_bytes() - before) / 1e6);
  for (PluginCall& call : calls) (void)must(call.run());
  calls.clear();
  print("idle_1000_instances_mb", static_cast<double>(resident_bytes() - before) / 1e6);
}

// ---- deadlines

constexpr milliseconds given{20};

/// How long after its deadline a call ended, in 99 of a hundred cases.
template <class F> void measure_overshoot(const char* name, F&& run, int calls = 200) {
  std::vector<double> late;
  for (int i = 0; i < calls; ++i) {
    const auto start = Clock::now();
    const std::string code = run();
    if (code != "timeout") {
      std::fprintf(stderr, "%s ended with \"%s\"\n", name, code.c_str());
      std::exit(1);
    }
    late.push_back(microseconds(Clock::now() - start - given) / 1000);
  }
  print((std::string("overshoot_p50_ms_") + name).c_str(), percentile(late, 0.5));
  print((std::string("overshoot_p99_ms_") + name).c_str(), percentile(late, 0.99));
}

std::string code_of(const host::Expected<std::string>& result) {
  return std::string(result ? std::string_view() : code_text(result.error().code));
}

/// How punctual the machine itself is at the moment; no program on it can be better.
void measure_machine() {
  measure_overshoot("own_loop", [] {
    const auto end = Clock::now() + given;
    while (Clock::now() < end) {
    }
    return std::string("timeout");
  });
  measure_overshoot("own_sleep", [] {
    std::this_thread::sleep_for(given);
    return std::string("timeout");
  });
}

void measure_deadlines(Bench& bench) {
  measure_machine();
  auto m = bench.manifest();
  m.timeout = given;
  const auto spinner = bench.load(spins(), m);
  measure_overshoot("spinning_guest", [&] { return code_of(spinner->call("x")); });

  m = bench.manifest();
  m.timeout = given;
  bench.write(m, spins_at_start());
  measure_overshoot("start_function",
                    [&] { return std::string(code_text(bench.manager.load(m).error().code)); });

  m = bench.manifest();
  m.timeout = given;
  const auto sleeper = bench.load(sleeps(), m);
  measure_overshoot("poll_oneoff", [&] { return code_of(sleeper->call("x")); });

  m = bench.manifest();
  m.timeout = given;
  m.capabilities.allow_file_system = true;
  m.capabilities.allowed_paths.push_back({bench.folder.string(), "/data", PathMode::read_only});
  const std::string pipe = bench.folder / "pipe";
  if (mkfifo(pipe.c_str(), 0600) != 0) std::abort();
  std::fstream writer(pipe, std::ios::in | std::ios::out); // otherwise the guest would read the end of the
                                                           // pipe
  const auto reader = bench.load(reads(), m);
  measure_overshoot("blocking_read", [&] { return code_of(reader->call("x")); });

  host::test::LocalServer stuck([](const std::string&) { return std::string(); },
                                host::test::LocalServer::Manner::silent);
  m = bench.manifest();
  m.timeout = given;
  m.capabilities.allow_network = m.capabilities.allow_private_addresses = true;
  m.capabilities.allowed_hosts.push_back(*HostRule::parse("127.0.0.1"));
  const auto asker = bench.load(asks(), m);
  const std::string ask = R"({"url": ")" + stuck.url("/") + R"("})";
  measure_overshoot("stuck_http_peer", [&] { return code_of(asker->call(ask)); });
}

} // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: skerry_host_measure PLUGIN_FOLDER LIBRARY SCRIPT_FOLDER\n", stderr);
    return 2;
  }
  const fs::path plugins = arguments[1], scripts = arguments[3];
  std::puts("{");
  measure_transforms(plugins, arguments[2], scripts); // forks, so it must precede the first thread
  Bench bench;
  measure_empty_call(bench);
  measure_reset(bench);
  measure_load(plugins);
  measure_many(plugins);
  measure_memory(plugins);
  measure_deadlines(bench);
  std::printf("  \"deadline_ms\": %d\n}\n", static_cast<int>(given.count()));
}
