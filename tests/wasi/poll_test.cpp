#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <chrono>

namespace skerry::test {

namespace {

using namespace std::chrono_literals;

struct Event {
  uint64_t userdata;
  Errno error;
  uint8_t type;
  uint64_t bytes;
  uint16_t flags;
};

// Subscriptions in the layout of a snapshot.
class Poller {
public:
  explicit Poller(wasi::Config config, wasi::Snapshot snapshot = wasi::Snapshot::preview1)
      : program(std::move(config), snapshot), size_(snapshot == wasi::Snapshot::preview1 ? 48 : 56),
        clock_(snapshot == wasi::Snapshot::preview1 ? 16 : 24), in_(program.space(4800)),
        out_(program.space(3200)) {}

  void clock(uint64_t userdata, uint32_t id, uint64_t timeout, uint16_t flags = 0) {
    const uint32_t at = next(userdata, wasi::eventtype::clock);
    program.store(at + clock_, id);
    program.store(at + clock_ + 8, timeout);
    program.store(at + clock_ + 24, flags);
  }
  void fd(uint64_t userdata, uint8_t type, uint32_t number) {
    program.store(next(userdata, type) + 16, number);
  }

  Errno run() {
    const uint32_t count = program.space(4);
    const Errno error = program.call(abi::poll_oneoff, in_, out_, count_, count);
    events.clear();
    for (uint32_t i = 0; error == Errno::success && !program.stop && i < program.load<uint32_t>(count); ++i) {
      const uint32_t at = out_ + i * 32;
      events.push_back({program.load<uint64_t>(at), static_cast<Errno>(program.load<uint16_t>(at + 8)),
                        program.load<uint8_t>(at + 10), program.load<uint64_t>(at + 16),
                        program.load<uint16_t>(at + 24)});
    }
    return error;
  }

  Program program;
  std::vector<Event> events;

private:
  uint32_t next(uint64_t userdata, uint8_t type) {
    const uint32_t at = in_ + count_++ * size_;
    program.store(at, userdata);
    program.store(at + 8, type);
    return at;
  }
  uint32_t size_, clock_, in_, out_;
  uint32_t count_ = 0;
};

constexpr uint64_t ms = 1'000'000;

} // namespace

TEST_CASE("poll: a timer ends when its time has come, in both layouts") {
  Poller poller({}, GENERATE(wasi::Snapshot::preview1, wasi::Snapshot::unstable));
  poller.clock(42, wasi::clockid::monotonic, 20 * ms);
  poller.clock(43, wasi::clockid::monotonic, 20'000 * ms);
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(poller.run() == Errno::success);
  CHECK(std::chrono::steady_clock::now() - start >= 20ms);
  REQUIRE(poller.events.size() == 1);
  CHECK(poller.events[0].userdata == 42);
  CHECK(poller.events[0].error == Errno::success);
  CHECK(poller.events[0].type == wasi::eventtype::clock);
}

TEST_CASE("poll: absolute moments, past and far") {
  wasi::Config config;
  config.clocks.realtime = [] { return uint64_t{1000}; };
  Poller poller(config);
  poller.clock(1, wasi::clockid::realtime, 999, 1);
  poller.clock(2, wasi::clockid::realtime, ~uint64_t{0}, 1);
  REQUIRE(poller.run() == Errno::success);
  REQUIRE(poller.events.size() == 1);
  CHECK(poller.events[0].userdata == 1);
}

TEST_CASE("poll: a sleep ends at the deadline and on an interrupt") {
  Poller poller({});
  poller.clock(1, wasi::clockid::monotonic, ~uint64_t{0});
  const auto start = std::chrono::steady_clock::now();
  poller.program.watch.deadline = start + 25ms;
  poller.program.watch.self = &poller.program.watch;
  poller.program.watch.check = [](void* self) -> Result<void> {
    if (std::chrono::steady_clock::now() < static_cast<wasi::Watch*>(self)->deadline) return {};
    return fail(Error::trap(ErrorCode::deadline_exceeded));
  };
  poller.run();
  const auto took = std::chrono::steady_clock::now() - start;
  REQUIRE(poller.program.stop);
  CHECK(poller.program.stop->code() == ErrorCode::deadline_exceeded);
  CHECK(took < 25ms + 200ms);

  int checks = 0;
  poller.program.watch = {};
  poller.program.watch.self = &checks;
  poller.program.watch.check = [](void* self) -> Result<void> {
    if (++*static_cast<int*>(self) < 4) return {};
    return fail(Error::trap(ErrorCode::interrupted));
  };
  poller.run();
  REQUIRE(poller.program.stop);
  CHECK(poller.program.stop->code() == ErrorCode::interrupted);
}

TEST_CASE("poll: virtual time passes without waiting") {
  uint64_t now = 5;
  wasi::Config config;
  config.clocks.monotonic = [&] { return now; };
  config.clocks.sleep = [&](uint64_t nanoseconds) { now += nanoseconds; };
  Poller poller(config);
  poller.clock(1, wasi::clockid::monotonic, 3'600'000 * ms);
  poller.clock(2, wasi::clockid::monotonic, 7'200'000 * ms, 1);
  REQUIRE(poller.run() == Errno::success);
  CHECK(now == 5 + 3'600'000 * ms);
  REQUIRE(poller.events.size() == 1);
  CHECK(poller.events[0].userdata == 1);
}

TEST_CASE("poll: descriptors that are ready") {
  TempDir temp;
  write_file(temp / "file", "12345");
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "abc", 3) == 3);
  auto config = with_root(temp.path());
  config.stdin_stream = wasi::BorrowedFd{ends[0]};
  Poller poller(config);
  const auto file = poller.program.open("file", {.base = read_rights | rights::poll_fd_readwrite});
  REQUIRE(file.error == Errno::success);
  CHECK(poller.program.read(file.fd, 2) == "12");
  poller.fd(1, wasi::eventtype::fd_read, 0);
  poller.fd(2, wasi::eventtype::fd_read, file.fd);
  poller.fd(3, wasi::eventtype::fd_write, 1);
  poller.fd(4, wasi::eventtype::fd_read, 99);
  poller.fd(5, wasi::eventtype::fd_write, 0);
  poller.fd(6, 9, 0);
  poller.clock(7, 77, 0);
  REQUIRE(poller.run() == Errno::success);
  REQUIRE(poller.events.size() == 7);
  CHECK(poller.events[0].bytes == 3);
  CHECK(poller.events[1].bytes == 3);
  CHECK(poller.events[2].error == Errno::success);
  CHECK(poller.events[3].error == Errno::badf);
  CHECK(poller.events[4].error == Errno::notcapable);
  CHECK(poller.events[5].error == Errno::inval);
  CHECK(poller.events[6].error == Errno::inval);

  ::close(ends[1]);
  Poller at_end(config);
  CHECK(at_end.program.read(0) == "abc");
  const auto whole = at_end.program.open("file", {.base = read_rights | rights::poll_fd_readwrite});
  CHECK(at_end.program.read(whole.fd) == "12345");
  at_end.fd(1, wasi::eventtype::fd_read, 0);
  at_end.fd(2, wasi::eventtype::fd_read, whole.fd);
  REQUIRE(at_end.run() == Errno::success);
  REQUIRE(at_end.events.size() == 2);
  CHECK(at_end.events[0].bytes == 0);
  CHECK(at_end.events[0].flags == 1);
  CHECK(at_end.events[1].error == Errno::success);
  CHECK(at_end.events[1].bytes == 0);
  ::close(ends[0]);
}

TEST_CASE("poll: invalid numbers of subscriptions are refused") {
  wasi::Config config;
  config.limits.poll_subscriptions = 100;
  Program program(config);
  const uint32_t count = program.space(4);
  CHECK(program.call(abi::poll_oneoff, 0, 0, 0, count) == Errno::inval);
  CHECK(program.call(abi::poll_oneoff, 0, 0, 101, count) == Errno::inval);
  CHECK(program.call(abi::poll_oneoff, 0, 0, 0xffff'ffff, count) == Errno::inval);
  CHECK(program.call(abi::poll_oneoff, Program::memory_bytes - 47, 0, 1, count) == Errno::fault);
  CHECK(program.call(abi::poll_oneoff, 0, Program::memory_bytes - 31, 1, count) == Errno::fault);
}

} // namespace skerry::test
