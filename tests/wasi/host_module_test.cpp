// The functions as imports of a module: names, types, errors that end the program, deadlines, fuel.
#include "skerry/engine.hpp"
#include "skerry/wat.hpp"
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <atomic>
#include <chrono>
#include <memory>

namespace skerry::test {

namespace {

using namespace std::chrono_literals;

struct Host {
  Engine engine;
  Store store{engine};
  Linker linker{engine};

  Module compile(std::string_view text) {
    const auto bytes = wat::to_binary(text);
    REQUIRE(bytes);
    auto module = Module::compile(engine, *bytes);
    REQUIRE(module);
    return *module;
  }
  Instance instantiate(std::string_view text) {
    auto instance = linker.instantiate(store, compile(text));
    if (!instance) FAIL(instance.error().describe());
    return *instance;
  }
};

wasi::Context context(wasi::Config config = {}) {
  auto made = wasi::Context::create(std::move(config));
  REQUIRE(made);
  return std::move(*made);
}

// Imports every function of functions.def with the type in its row.
// With `split`, each i64 is two i32.
std::string all_imports(std::string_view module, bool split = false) {
  std::string text = "(module (memory 1)";
  const auto add = [&](std::string_view name, std::string parameters) {
    std::string types;
    for (size_t at = parameters.find('i'); at != std::string::npos; at = parameters.find(", i", at + 1)) {
      if (parameters[at] == ',') at += 2;
      const std::string type = parameters.substr(at, 3);
      types += (split && type == "i64" ? "i32 i32" : type) + " ";
    }
    text += " (import \"" + std::string(module) + "\" \"" + std::string(name) + "\" (func (param " + types +
            ")" + (name == "proc_exit" ? "" : " (result i32)") + "))";
  };
#define SKERRY_WASI(family, name, parameters, errors) add(#name, #parameters);
#include "wasi/functions.def"
#undef SKERRY_WASI
  // Imports come before definitions.
  const std::string memory = "(memory 1)";
  text.erase(text.find(memory), memory.size());
  return text + ")";
}

constexpr std::string_view sleeper = R"((module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "sleep") (param $nanoseconds i64) (result i32)
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (local.get $nanoseconds))
    (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))";

} // namespace

TEST_CASE("host module: every function exists in both snapshots, with its type") {
  Host host;
  auto wasi = context();
  wasi::add_to_linker(host.linker, wasi);
  for (const auto* module : {"wasi_snapshot_preview1", "wasi_unstable"}) {
    const auto compiled = host.compile(all_imports(module));
    CHECK(compiled.imports().size() == 46);
    CHECK(host.linker.missing(compiled).empty());
    CHECK(host.linker.instantiate(host.store, compiled));
  }
}

TEST_CASE("host module: functions exist with each i64 split into two i32, as Emscripten did") {
  Host host;
  auto wasi = context();
  wasi::add_to_linker(host.linker, wasi);
  for (const auto* module : {"wasi_snapshot_preview1", "wasi_unstable"}) {
    const auto compiled = host.compile(all_imports(module, true));
    CHECK(compiled.imports().size() == 46);
    CHECK(host.linker.instantiate(host.store, compiled));
  }
  // Other types are still refused.
  const auto other = host.compile(R"((module (import "wasi_snapshot_preview1" "fd_seek"
    (func (param i32 i32 i32 i32) (result i32)))))");
  const auto made = host.linker.instantiate(host.store, other);
  REQUIRE_FALSE(made);
  CHECK(made.error().kind() == ErrorKind::unlinkable);
}

TEST_CASE("host module: split arguments are joined, and the errno is returned") {
  TempDir temp;
  write_file(temp / "file", "0123456789");
  for (const std::string module : {"wasi_snapshot_preview1", "wasi_unstable"}) {
    Host host;
    auto wasi = context(with_root(temp.path()));
    wasi::add_to_linker(host.linker, wasi);
    // $open opens "file" with all rights. The path is at 0, the descriptor at 8, a position at 16.
    const auto instance = host.instantiate(R"((module
      (import ")" + module + R"(" "path_open" (func $open
        (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
      (import ")" + module + R"(" "fd_seek" (func $seek (param i32 i32 i32 i32 i32) (result i32)))
      (import ")" + module + R"(" "fd_allocate" (func $allocate (param i32 i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 0) "file")
      (func (export "open") (result i32) (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4)
        (i32.const 0) (i32.const 0x1fffffff) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)))
      (func (export "seek") (param i32 i32 i32) (result i64)
        (if (call $seek (i32.load (i32.const 8)) (local.get 0) (local.get 1) (local.get 2) (i32.const 16))
          (then (return (i64.const -1))))
        (i64.load (i32.const 16)))
      (func (export "allocate") (param i32 i32) (result i32)
        (call $allocate (i32.load (i32.const 8)) (local.get 0) (local.get 1) (i32.const 0) (i32.const 0)))))");
    REQUIRE(instance.func("open")->call({})->front().as_i32() == 0);
    const auto seek = [&](int32_t low, int32_t high, int32_t whence) {
      return instance.func("seek")
          ->call(std::vector<Value>{Value(low), Value(high), Value(whence)})
          ->front()
          .as_i64();
    };
    // The values of whence are those of preview 1 in both modules: 0 = start, 1 = current, 2 = end.
    CHECK(seek(5, 1, 0) == (int64_t{1} << 32) + 5);
    CHECK(seek(-1, -1, 1) == (int64_t{1} << 32) + 4);
    CHECK(seek(-2, 0, 0) == 0xffff'fffe);
    CHECK(seek(-3, -1, 2) == 7);
    CHECK(seek(0, -1, 0) == -1); // a negative position
    const auto allocate = instance.func("allocate");
    CHECK(allocate->call(std::vector<Value>{Value(int32_t{0}), Value(int32_t{0})})->front().as_i32() ==
          static_cast<int32_t>(Errno::inval)); // a length of 0
  }
}

TEST_CASE("host module: notifications need no answer, and an embedder can take them") {
  Host host;
  auto wasi = context();
  wasi::add_to_linker(host.linker, wasi);
  constexpr std::string_view grower = R"((module
    (import "env" "emscripten_notify_memory_growth" (func $grown (param i32)))
    (import "bench" "start" (func $start))
    (import "bench" "end" (func $end))
    (memory (export "memory") 1)
    (func (export "grow") (result i32)
      (call $start) (drop (memory.grow (i32.const 1))) (call $grown (i32.const 0)) (call $end) (memory.size))))";
  CHECK(host.instantiate(grower).func("grow")->call({})->front().as_i32() == 2);
  int noticed = 0;
  host.linker.define("env", "emscripten_notify_memory_growth", [&](uint32_t) { ++noticed; });
  CHECK(host.instantiate(grower).func("grow")->call({})->front().as_i32() == 2);
  CHECK(noticed == 1);
}

TEST_CASE("host module: the names of all functions that are defined are known") {
  for (const auto* module : {"wasi_snapshot_preview1", "wasi_unstable"}) {
#define SKERRY_WASI(family, name, parameters, errors) CHECK(wasi::defines(module, #name));
#include "wasi/functions.def"
#undef SKERRY_WASI
    CHECK_FALSE(wasi::defines(module, "fd_writ"));
    CHECK_FALSE(wasi::defines(module, "start"));
  }
  CHECK(wasi::defines("env", "emscripten_notify_memory_growth"));
  CHECK(wasi::defines("bench", "end"));
  CHECK_FALSE(wasi::defines("bench", "emscripten_notify_memory_growth"));
  CHECK_FALSE(wasi::defines("env", "fd_write"));
  CHECK_FALSE(wasi::defines("", ""));
}

TEST_CASE("host module: a program writes, and exits with its status") {
  Host host;
  wasi::Config config;
  auto captured = std::make_shared<wasi::OutputBuffer>(100);
  config.stdout_stream = captured;
  auto wasi = context(config);
  wasi::add_to_linker(host.linker, wasi);
  const auto moved = std::move(wasi); // the linker accepts it
  const auto instance = host.instantiate(R"((module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\10\00\00\00\05\00\00\00")
    (data (i32.const 16) "hello")
    (func (export "_start")
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (call $exit (i32.const 7))
      unreachable)))");
  const auto done = instance.func("_start")->call({});
  REQUIRE_FALSE(done);
  CHECK(done.error().code() == ErrorCode::exit);
  CHECK(done.error().exit_status() == 7);
  CHECK(captured->text() == "hello");
}

TEST_CASE("host module: a sleep ends at the store's deadline, and on an interrupt") {
  Host host;
  auto wasi = context();
  wasi::add_to_linker(host.linker, wasi);
  const auto instance = host.instantiate(sleeper);
  const auto sleep = instance.func("sleep");
  const auto start = Store::Clock::now();
  host.store.set_deadline(start + 30ms);
  const std::vector<Value> hour = {Value(int64_t{3'600'000'000'000})};
  const auto late = sleep->call(hour);
  const auto took = Store::Clock::now() - start;
  REQUIRE_FALSE(late);
  CHECK(late.error().code() == ErrorCode::deadline_exceeded);
  CHECK(took >= 30ms);
  CHECK(took < 30ms + 200ms); // 5 ms on an idle machine

  host.store.clear_deadline();
  host.store.interrupt_handle().interrupt();
  const auto interrupted = sleep->call(hour);
  REQUIRE_FALSE(interrupted);
  CHECK(interrupted.error().code() == ErrorCode::interrupted);

  const std::vector<Value> moment = {Value(int64_t{1000})};
  const auto awake = sleep->call(moment);
  REQUIRE(awake);
  CHECK(awake->front().as_i32() == 0);
}

TEST_CASE("host module: bytes moved are charged") {
  Host host;
  auto wasi = context();
  wasi::add_to_linker(host.linker, wasi);
  const auto instance = host.instantiate(R"((module
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "random") (param i32) (result i32) (call $random (i32.const 0) (local.get 0)))))");
  const auto random = instance.func("random");
  host.store.set_fuel(1'000'000);
  REQUIRE(random->call(std::vector<Value>{Value(int32_t{0})}));
  const uint64_t call_costs = 1'000'000 - host.store.fuel();
  host.store.set_fuel(1'000'000);
  REQUIRE(random->call(std::vector<Value>{Value(int32_t{6400})}));
  CHECK(1'000'000 - host.store.fuel() == call_costs + 100);
  host.store.set_fuel(500);
  const auto empty = random->call(std::vector<Value>{Value(int32_t{64'000})});
  REQUIRE_FALSE(empty);
  CHECK(empty.error().code() == ErrorCode::out_of_fuel);
}

TEST_CASE("host module: the context can be found through the caller") {
  Host host;
  wasi::Config config;
  config.args = {"found"};
  auto wasi = context(config);
  wasi::Context* current = nullptr;
  wasi::add_to_linker(host.linker, [&](Caller&) { return current; });
  const auto instance = host.instantiate(R"((module
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "count") (result i32) (drop (call $sizes (i32.const 0) (i32.const 4))) (i32.load (i32.const 0)))))");
  const auto count = instance.func("count");
  const auto without = count->call({});
  REQUIRE_FALSE(without);
  CHECK(without.error().code() == ErrorCode::host_failed);
  current = &wasi;
  CHECK(count->call({})->front().as_i32() == 1);
}

// One memory says "right", all others "wrong". Prints the five bytes at 0 of the memory that WASI uses, and
// returns the errno.
std::string printer(const std::string& memories) {
  return R"((module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32))))" +
         memories + R"((func (export "print") (result i32)
      (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 32)))))";
}
std::string data(const std::string& memory, const std::string& text) {
  return "(data (memory " + memory + ") (i32.const 0) \"" + text + "\")" + "(data (memory " + memory +
         ") (i32.const 16) \"\\00\\00\\00\\00\\05\\00\\00\\00\")";
}

std::string printed_by(const std::string& memories) {
  Host host;
  const auto output = std::make_shared<wasi::OutputBuffer>(100);
  wasi::Config config;
  config.stdout_stream = output;
  auto wasi = context(std::move(config));
  wasi::add_to_linker(host.linker, wasi);
  const auto other = host.instantiate("(module (memory (export \"given\") 1) " + data("0", "right") + ")");
  host.linker.define("env", "given", *other.memory("given"));
  const auto done = host.instantiate(printer(memories)).func("print")->call({});
  if (!done) return done.error().message();
  CHECK(done->front().as_i32() == 0);
  return output->text();
}

TEST_CASE("host module: the memory is the one exported as \"memory\", whatever its index") {
  const std::string first = data("0", "wrong"), second = data("1", "right");
  CHECK(printed_by("(memory 1) (memory (export \"memory\") 1)" + first + second) == "right");
  CHECK(printed_by("(memory 1) (memory 1) (export \"other\" (memory 0)) (export \"memory\" (memory 1))" +
                   first + second) == "right");
  CHECK(printed_by("(memory (export \"memory\") 1) (memory 1)" + data("0", "right") + data("1", "wrong")) ==
        "right");
  // An imported memory.
  CHECK(printed_by("(import \"env\" \"given\" (memory 1)) (memory 1) (export \"memory\" (memory 0))" +
                   data("1", "wrong")) == "right");
  // No export has that name, or an export of another kind has it.
  CHECK(printed_by("(memory 1) (memory 1)" + data("0", "right") + data("1", "wrong")) == "right");
  CHECK(printed_by("(global (export \"memory\") i32 (i32.const 0)) (memory (export \"m\") 1)" +
                   data("0", "right")) == "right");
}

TEST_CASE("host module: a memory that preview 1 cannot use is reported as the cause") {
  const auto none = printed_by("");
  CHECK(none.find("memory that a module exports as \"memory\"") != none.npos);
  CHECK(none.find("has none") != none.npos);
  const auto wide = printed_by("(memory (export \"memory\") i64 1) (memory 1)");
  CHECK(wide.find("64-bit") != wide.npos);
  // A call that needs no memory works without one.
  Host host;
  auto wasi = context();
  wasi::add_to_linker(host.linker, wasi);
  const auto instance = host.instantiate(R"((module
    (import "wasi_unstable" "fd_close" (func $close (param i32) (result i32)))
    (func (export "close") (result i32) (call $close (i32.const 99)))))");
  CHECK(instance.func("close")->call({})->front().as_i32() == static_cast<int32_t>(Errno::badf));
}

TEST_CASE("host module: every call checks the deadline when it begins") {
  // A clock that advances by one with each check; the deadline is ten checks away.
  std::atomic<int64_t> looks = 0;
  const std::chrono::steady_clock::time_point start;
  skerry::Config config;
  config.clock = [&] { return start + std::chrono::seconds(++looks); };
  Engine engine(config);
  Store store(engine);
  Linker linker(engine);
  auto wasi = context();
  wasi::add_to_linker(linker, wasi);
  const auto binary = wat::to_binary(R"((module
    (import "wasi_snapshot_preview1" "fd_tell" (func $tell (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (global (export "calls") (mut i32) (i32.const 0))
    (func (export "loop") (loop
      (global.set 0 (i32.add (global.get 0) (i32.const 1)))
      (drop (call $tell (i32.const 99) (i32.const 0)))
      (br 0)))))");
  REQUIRE(binary);
  const auto module = Module::compile(engine, *binary);
  REQUIRE(module);
  const auto instance = linker.instantiate(store, *module);
  REQUIRE(instance);
  const int64_t before = looks;
  store.set_deadline(start + std::chrono::seconds(before + 10));
  const auto done = instance->func("loop")->call({});
  REQUIRE_FALSE(done);
  CHECK(done.error().code() == ErrorCode::deadline_exceeded);
  CHECK(looks == before + 10);
  CHECK(instance->global("calls").value().get().value().as_i32() <= 10);
}

} // namespace skerry::test
