// Two equal runs: clocks that count instructions, waits that take no time, random bytes from a seed, and file
// attributes that do not depend on the file system.
#include "wasi/determinism.hpp"

#include "skerry/engine.hpp"
#include "skerry/wat.hpp"
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <chrono>
#include <thread>

namespace skerry::test {

namespace {

wasi::Config deterministic(const fs::path& host, uint64_t seed = 0) {
  auto config = with_root(host);
  config.determinism = wasi::Determinism{.seed = seed};
  return config;
}

// The count of a program's instructions grows by 1000 with every read.
Program stepping(wasi::Config config, uint64_t& fuel) {
  Program program(std::move(config));
  program.watch.self = &fuel;
  program.watch.fuel_used = [](void* self) { return *static_cast<uint64_t*>(self) += 1000; };
  return program;
}

uint64_t clock(Program& program, uint32_t id) {
  const uint32_t at = program.space(8);
  CHECK(program.call(abi::clock_time_get, id, 1, at) == Errno::success);
  return program.load<uint64_t>(at);
}

// Makes files in an order, waits, lists and describes them; returns every byte that the program gets.
std::string observe(Program& program, const std::vector<std::string>& names) {
  std::string seen;
  for (const auto& name : names) {
    const auto file = program.open(name, {.oflags = wasi::oflags::creat, .base = rights::all});
    CHECK(program.write(file.fd, name) == Errno::success);
    CHECK(program.call(abi::fd_close, file.fd) == Errno::success);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(3));
  const uint32_t random = program.space(64);
  CHECK(program.call(abi::random_get, random, 64) == Errno::success);
  seen += program.string_at(random, 64);
  const uint32_t buffer = program.space(4096), used = program.space(4);
  CHECK(program.call(abi::fd_readdir, 3, buffer, 4096, 0, used) == Errno::success);
  seen += program.string_at(buffer, program.load<uint32_t>(used));
  for (const auto& name : names) {
    CHECK(program.filestat(name, 0) == Errno::success);
    seen += program.string_at(program.filestat_at, 64);
  }
  CHECK(program.filestat(".", 0) == Errno::success);
  return seen + program.string_at(program.filestat_at, 64);
}

} // namespace

TEST_CASE("determinism: clocks count instructions, a sleep takes no time") {
  TempDir temp;
  uint64_t fuel = 77'000;
  auto program = stepping(deterministic(temp.path()), fuel);
  CHECK(clock(program, wasi::clockid::monotonic) == 0);
  CHECK(clock(program, wasi::clockid::realtime) == wasi::Determinism{}.start + 1000);
  CHECK(clock(program, wasi::clockid::process_cputime) == 2000);
  const uint32_t in = program.space(48), out = program.space(32), count = program.space(4);
  constexpr uint64_t hour = 3'600'000'000'000;
  program.store(in + 16, wasi::clockid::monotonic);
  program.store(in + 24, hour);
  const auto start = std::chrono::steady_clock::now();
  CHECK(program.call(abi::poll_oneoff, in, out, 1, count) == Errno::success);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
  CHECK(program.load<uint32_t>(count) == 1);
  CHECK(clock(program, wasi::clockid::monotonic) == hour + 3000);
  CHECK(clock(program, wasi::clockid::thread_cputime) == 4000);
  const uint32_t at = program.space(8);
  CHECK(program.call(abi::clock_time_get, 9, 1, at) == Errno::inval);
  CHECK(program.call(abi::clock_res_get, 0, at) == Errno::success);
  CHECK(program.load<uint64_t>(at) == 1);
  program.context().reset();
  CHECK(clock(program, wasi::clockid::monotonic) == 0);
}

TEST_CASE("determinism: the same program sees the same bytes, in another directory at another time") {
  const std::vector<std::string> names = {"zebra", "apple", "mango", "kiwi"};
  std::string seen[2];
  for (auto& bytes : seen) {
    TempDir temp;
    // Gives later files other inode numbers.
    if (&bytes != seen) {
      for (int i = 0; i < 10; ++i) write_file(temp / ("x" + std::to_string(i)), "");
      for (int i = 0; i < 10; i += 2) fs::remove(temp / ("x" + std::to_string(i)));
      for (int i = 1; i < 10; i += 2)
        fs::rename(temp / ("x" + std::to_string(i)), temp.path().string() + "-x" + std::to_string(i));
    }
    uint64_t fuel = 0;
    auto program = stepping(deterministic(temp.path()), fuel);
    bytes = observe(program, names);
    for (int i = 1; i < 10; i += 2) fs::remove(temp.path().string() + "-x" + std::to_string(i));
  }
  CHECK(seen[0] == seen[1]);
}

TEST_CASE("determinism: another seed gives other random bytes") {
  TempDir temp;
  std::string bytes[3];
  const uint64_t seeds[] = {1, 2, 1};
  for (int i = 0; i < 3; ++i) {
    Program program(deterministic(temp.path(), seeds[i]));
    const uint32_t at = program.space(32);
    CHECK(program.call(abi::random_get, at, 32) == Errno::success);
    bytes[i] = program.string_at(at, 32);
  }
  CHECK(bytes[0] != bytes[1]);
  CHECK(bytes[0] == bytes[2]);
}

TEST_CASE("determinism: listings are sorted, and cookies stay valid") {
  TempDir temp;
  for (int i = 0; i < 300; ++i) write_file(temp / ("file-" + std::to_string((i * 7919) % 300)), "");
  Program program(deterministic(temp.path()));
  const uint32_t buffer = program.space(200), used = program.space(4);
  std::vector<std::string> names;
  for (uint64_t cookie = 0;;) {
    CHECK(program.call(abi::fd_readdir, 3, buffer, 200, cookie, used) == Errno::success);
    const uint32_t length = program.load<uint32_t>(used);
    uint32_t at = buffer;
    while (at + 24 <= buffer + length) {
      const auto name_length = program.load<uint32_t>(at + 16);
      if (at + 24 + name_length > buffer + length) break;
      names.push_back(program.string_at(at + 24, name_length));
      cookie = program.load<uint64_t>(at);
      at += 24 + name_length;
    }
    if (length < 200) break;
  }
  CHECK(names.size() == 302);
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(program.call(abi::fd_readdir, 3, buffer, 200, ~uint64_t{0}, used) == Errno::success);
  CHECK(program.load<uint32_t>(used) == 0);
}

TEST_CASE("determinism: files past the number of records have an inode number, too") {
  wasi::DeterministicRun run({});
  uint64_t number = 0;
  for (uint64_t inode = 1; inode <= (1 << 16) + 10; ++inode) {
    number = run.number(1, inode);
    if (number == 0) FAIL("file " << inode);
  }
  CHECK(number == ~uint64_t{0});
}

TEST_CASE("determinism: the program sees the times that it sets") {
  TempDir temp;
  uint64_t fuel = 0;
  write_file(temp / "file", "x");
  auto program = stepping(deterministic(temp.path()), fuel);
  CHECK(program.set_mtime("file", 0, 1'234'567'890) == Errno::success);
  CHECK(program.filestat("file", 0) == Errno::success);
  CHECK(program.load<uint64_t>(program.filestat_at) == 0); // no device
  CHECK(program.load<uint64_t>(program.filestat_at + 48) == 1'234'567'890);
  CHECK(program.call(abi::path_filestat_set_times, 3, 0, program.text("file"), 4, 0, 0,
                     wasi::fstflags::mtim_now) == Errno::success);
  CHECK(program.filestat("file", 0) == Errno::success);
  CHECK(program.load<uint64_t>(program.filestat_at + 48) >= wasi::Determinism{}.start);
  CHECK(program.load<uint64_t>(program.filestat_at + 48) < wasi::Determinism{}.start + 1'000'000);
}

TEST_CASE("determinism: two runs take the same fuel") {
  uint64_t fuel[2];
  std::string output[2];
  for (int i = 0; i < 2; ++i) {
    TempDir temp;
    wasi::Config config = deterministic(temp.path());
    const auto captured = std::make_shared<wasi::OutputBuffer>(1000);
    config.stdout_stream = captured;
    auto context = wasi::Context::create(config);
    REQUIRE(context);
    Engine engine;
    Store store(engine);
    Linker linker(engine);
    wasi::add_to_linker(linker, *context);
    // Runs as many rounds as the clock and the random bytes say.
    const auto bytes = wat::to_binary(R"((module
      (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\10\00\00\00\10\00\00\00")
      (func (export "_start") (local $rounds i32)
        (drop (call $random (i32.const 16) (i32.const 8)))
        (local.set $rounds (i32.add (i32.const 10) (i32.load8_u (i32.const 16))))
        (loop $again
          (drop (call $time (i32.const 0) (i64.const 0) (i32.const 24)))
          (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
          (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
          (br_if $again (local.get $rounds))))))");
    REQUIRE(bytes);
    const auto module = Module::compile(engine, *bytes);
    REQUIRE(module);
    const auto instance = linker.instantiate(store, *module);
    REQUIRE(instance);
    REQUIRE(instance->func("_start")->call({}));
    fuel[i] = store.fuel_used();
    output[i] = captured->text();
  }
  CHECK(fuel[0] == fuel[1]);
  CHECK(output[0] == output[1]);
  CHECK(output[0].substr(8, 8) != output[0].substr(24, 8)); // time has passed
}

} // namespace skerry::test
