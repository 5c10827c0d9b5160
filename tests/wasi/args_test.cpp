// args_*, environ_*, clock_*, random_get, proc_*.
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <algorithm>

namespace skerry::test {

namespace {

std::vector<std::string> strings(Program& program, Errno (*sizes)(wasi::Call&, uint32_t, uint32_t),
                                 Errno (*get)(wasi::Call&, uint32_t, uint32_t)) {
  const uint32_t count = program.space(4), bytes = program.space(4);
  REQUIRE(program.call(sizes, count, bytes) == Errno::success);
  const uint32_t number = program.load<uint32_t>(count), length = program.load<uint32_t>(bytes);
  const uint32_t pointers = program.space(number * 4), buffer = program.space(length);
  REQUIRE(program.call(get, pointers, buffer) == Errno::success);
  std::vector<std::string> found;
  for (uint32_t i = 0; i < number; ++i) {
    const auto at = program.load<uint32_t>(pointers + i * 4);
    found.emplace_back(reinterpret_cast<const char*>(program.memory().data()) + at);
  }
  return found;
}

} // namespace

TEST_CASE("arguments and variables arrive in order") {
  wasi::Config config;
  config.args = {"program", "", "with space", "\xc3\xa9"};
  config.env = {{"B", "2"}, {"A", "x=y"}, {"EMPTY", ""}};
  Program program(config);
  CHECK(strings(program, abi::args_sizes_get, abi::args_get) == config.args);
  CHECK(strings(program, abi::environ_sizes_get, abi::environ_get) ==
        std::vector<std::string>{"B=2", "A=x=y", "EMPTY="});
  CHECK(program.call(abi::args_get, Program::memory_bytes - 8, 0) == Errno::fault);
  CHECK(program.call(abi::args_get, 0, Program::memory_bytes - 8) == Errno::fault);
  CHECK(program.call(abi::args_sizes_get, 0, Program::memory_bytes) == Errno::fault);
}

TEST_CASE("a context refuses texts that cannot be passed to the guest") {
  using namespace std::string_literals;
  wasi::Config nul_in_args, nul_in_env, no_name, equals_in_name, missing_directory, no_guest_name, no_room;
  nul_in_args.args = {"a\0b"s};
  nul_in_env.env = {{"A", "\0"s}};
  no_name.env = {{"", "x"}};
  equals_in_name.env = {{"A=B", "x"}};
  missing_directory.preopens = {{"/nonexistent/directory", "/", PreopenMode::read_only}};
  no_guest_name.preopens = {{"/", "", PreopenMode::read_only}};
  no_room.limits.open_descriptors = 2;
  for (const auto& config : {nul_in_args, nul_in_env, no_name, equals_in_name, no_guest_name, no_room}) {
    const auto made = wasi::Context::create(config);
    REQUIRE_FALSE(made);
    CHECK(made.error().kind() == ErrorKind::usage);
  }
  const auto made = wasi::Context::create(missing_directory);
  REQUIRE_FALSE(made);
  CHECK(made.error().kind() == ErrorKind::io);
  CHECK(made.error().message().find("/nonexistent/directory") != std::string::npos);
}

TEST_CASE("clocks: the embedder or the system provides them") {
  wasi::Config config;
  config.clocks.realtime = [] { return uint64_t{1234}; };
  config.clocks.resolution = 7;
  Program program(config);
  const uint32_t at = program.space(8);
  REQUIRE(program.call(abi::clock_time_get, wasi::clockid::realtime, 0, at) == Errno::success);
  CHECK(program.load<uint64_t>(at) == 1234);
  REQUIRE(program.call(abi::clock_res_get, wasi::clockid::monotonic, at) == Errno::success);
  CHECK(program.load<uint64_t>(at) == 7);
  REQUIRE(program.call(abi::clock_time_get, wasi::clockid::monotonic, 0, at) == Errno::success);
  const auto first = program.load<uint64_t>(at);
  REQUIRE(program.call(abi::clock_time_get, wasi::clockid::monotonic, 0, at) == Errno::success);
  CHECK(program.load<uint64_t>(at) >= first);
  CHECK(program.call(abi::clock_time_get, wasi::clockid::thread_cputime, 0, at) == Errno::success);
  CHECK(program.call(abi::clock_time_get, 4, 0, at) == Errno::inval);
  CHECK(program.call(abi::clock_res_get, 0xffff'ffff, at) == Errno::inval);
  CHECK(program.call(abi::clock_time_get, 0, 0, Program::memory_bytes - 7) == Errno::fault);
}

TEST_CASE("random bytes: from the system, from the embedder, and in chunks that can be stopped") {
  wasi::Config config;
  Program program(config);
  REQUIRE(program.call(abi::random_get, 0, 4096) == Errno::success);
  CHECK(std::count(program.memory().begin(), program.memory().begin() + 4096, std::byte{0}) < 100);
  CHECK(program.call(abi::random_get, Program::memory_bytes, 0) == Errno::success);
  CHECK(program.call(abi::random_get, 1, 0xffff'ffff) == Errno::fault);

  int calls = 0;
  config.random = [&](std::span<std::byte> bytes) {
    std::fill(bytes.begin(), bytes.end(), std::byte{0x2a});
    return ++calls < 3;
  };
  Program failing(config);
  CHECK(failing.call(abi::random_get, 0, Program::memory_bytes) == Errno::io);
  CHECK(calls == 3);

  calls = 0;
  Program stopped(config);
  stopped.watch.self = &calls;
  stopped.watch.check = [](void* self) -> Result<void> {
    if (*static_cast<int*>(self) == 2) return fail(Error::trap(ErrorCode::interrupted));
    return {};
  };
  stopped.call(abi::random_get, 0, Program::memory_bytes);
  REQUIRE(stopped.stop);
  CHECK(stopped.stop->code() == ErrorCode::interrupted);
}

TEST_CASE("random bytes are charged to fuel") {
  Program program({});
  uint64_t charged = 0;
  program.watch.self = &charged;
  program.watch.charge = [](void* self, uint64_t instructions) -> Result<void> {
    auto& sum = *static_cast<uint64_t*>(self);
    sum += instructions;
    if (sum > 4096) return fail(Error::trap(ErrorCode::out_of_fuel));
    return {};
  };
  CHECK(program.call(abi::random_get, 0, 64 * 1000) == Errno::success);
  CHECK(charged == 1000);
  program.call(abi::random_get, 0, Program::memory_bytes);
  REQUIRE(program.stop);
  CHECK(program.stop->code() == ErrorCode::out_of_fuel);
}

TEST_CASE("a program ends itself") {
  Program program({});
  program.call(abi::proc_exit, 33);
  REQUIRE(program.stop);
  CHECK(program.stop->exit_status() == 33);
  program.call(abi::proc_raise, 6);
  REQUIRE(program.stop);
  CHECK(program.stop->exit_status() == 134);
  CHECK(program.call(abi::proc_raise, 31) == Errno::inval);
  CHECK(program.call(abi::proc_raise, 17) == Errno::success);
  CHECK_FALSE(program.stop);
  CHECK(program.call(abi::sched_yield) == Errno::success);
}

} // namespace skerry::test
