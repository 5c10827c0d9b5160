// Every wait ends at the call's deadline or on an interrupt, without the help of a thread. The promise is 5
// ms; this test only checks that a wait ends, and not before its time. SKERRY_MEASURE_WAITS=1 prints how late
// it was.
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>

namespace skerry::test {

namespace {

using namespace std::chrono_literals;
using Clock = wasi::Watch::Clock;

// A program with an empty pipe as stdin, a full one as stdout, a listener and a full connection.
struct Waiter {
  int input[2], output[2], connection[2];
  int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  Program program;
  uint32_t buffer, count;

  Waiter() : program(config()), buffer(program.space(70'000)), count(program.space(8)) {}
  ~Waiter() {
    for (const int fd : {input[0], input[1], output[0], output[1], connection[0], connection[1], listener})
      ::close(fd);
  }
  wasi::Config config() {
    REQUIRE(::pipe(input) == 0);
    REQUIRE(::pipe(output) == 0);
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, connection) == 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX; // the system chooses its address
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address.sun_family) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    fill(output[1]);
    fill(connection[0]);
    wasi::Config made;
    made.stdin_stream = wasi::BorrowedFd{input[0]};
    made.stdout_stream = wasi::BorrowedFd{output[1]};
    made.sockets = {{listener}, {connection[0]}};
    return made;
  }
  static void fill(int fd) {
    const std::string bytes(65'536, 'x');
    const int flags = ::fcntl(fd, F_GETFL);
    ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    while (::write(fd, bytes.data(), bytes.size()) > 0) {
    }
    while (::write(fd, bytes.data(), 1) > 0) {
    }
    ::fcntl(fd, F_SETFL, flags);
  }
  uint32_t vectors() { return program.iovecs({{buffer, 1000}}); }
  // A subscription of `type` for a descriptor, or for a clock in an hour.
  uint32_t subscription(uint8_t type, uint32_t fd) {
    const uint32_t at = program.space(48);
    program.store(at + 8, type);
    program.store(at + 16, type == wasi::eventtype::clock ? uint32_t{wasi::clockid::monotonic} : fd);
    program.store(at + 24, type == wasi::eventtype::clock ? uint64_t{3'600'000'000'000} : 0);
    return at;
  }
  void poll(uint8_t type, uint32_t fd) {
    const uint32_t at = subscription(type, fd);
    program.call(abi::poll_oneoff, at, program.space(32), 1, count);
  }
};

struct Wait {
  const char* name;
  void (*run)(Waiter&);
};

const Wait waits[] = {
    {"poll_oneoff: clock", [](Waiter& w) { w.poll(wasi::eventtype::clock, 0); }},
    {"poll_oneoff: read", [](Waiter& w) { w.poll(wasi::eventtype::fd_read, 0); }},
    {"poll_oneoff: write", [](Waiter& w) { w.poll(wasi::eventtype::fd_write, 1); }},
    {"fd_read: pipe", [](Waiter& w) { w.program.call(abi::fd_read, 0, w.vectors(), 1, w.count); }},
    {"fd_write: pipe", [](Waiter& w) { w.program.call(abi::fd_write, 1, w.vectors(), 1, w.count); }},
    {"sock_accept", [](Waiter& w) { w.program.call(abi::sock_accept, 3, 0, w.count); }},
    {"sock_recv",
     [](Waiter& w) { w.program.call(abi::sock_recv, 4, w.vectors(), 1, 0, w.count, w.count + 4); }},
    {"sock_recv: all",
     [](Waiter& w) { w.program.call(abi::sock_recv, 4, w.vectors(), 1, 2, w.count, w.count + 4); }},
    {"sock_send", [](Waiter& w) { w.program.call(abi::sock_send, 4, w.vectors(), 1, 0, w.count); }},
    {"fd_read: socket", [](Waiter& w) { w.program.call(abi::fd_read, 4, w.vectors(), 1, w.count); }},
    {"fd_write: socket", [](Waiter& w) { w.program.call(abi::fd_write, 4, w.vectors(), 1, w.count); }},
};

struct Ending {
  Clock::time_point deadline = Clock::time_point::max();
  std::atomic<bool> interrupted = false;
  int threads = 0; // of this process, while it waits
};

int count_threads() {
  return static_cast<int>(std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator()));
}

// Checks them as the engine does.
void watch(Program& program, Ending& ending) {
  program.watch.deadline = ending.deadline;
  program.watch.self = &ending;
  program.watch.check = [](void* self) -> Result<void> {
    auto& ends = *static_cast<Ending*>(self);
    ends.threads = std::max(ends.threads, count_threads());
    if (ends.interrupted) return fail(Error::trap(ErrorCode::interrupted));
    if (Clock::now() >= ends.deadline) return fail(Error::trap(ErrorCode::deadline_exceeded));
    return {};
  };
}

bool measures() { return std::getenv("SKERRY_MEASURE_WAITS") != nullptr; }

void print(const char* what, std::vector<Clock::duration> late) {
  if (!measures()) return;
  std::ranges::sort(late);
  const auto us = [](Clock::duration time) {
    return std::chrono::duration<double, std::micro>(time).count();
  };
  std::printf("%-40s late by %7.0f us (median), %7.0f us (most of %zu)\n", what, us(late[late.size() / 2]),
              us(late.back()), late.size());
}

} // namespace

TEST_CASE("advisory class: waits that outlast the deadline") {
  const int rounds = measures() ? 100 : 2;
  const int threads = count_threads();
  for (const auto& wait : waits) {
    INFO(wait.name);
    Waiter waiter;
    std::vector<Clock::duration> late;
    for (int i = 0; i < rounds; ++i) {
      Ending ending;
      ending.deadline = Clock::now() + 10ms;
      watch(waiter.program, ending);
      wait.run(waiter);
      const auto after = Clock::now();
      REQUIRE(waiter.program.stop);
      CHECK(waiter.program.stop->code() == ErrorCode::deadline_exceeded);
      CHECK(after >= ending.deadline);
      CHECK(ending.threads <= threads);
      late.push_back(after - ending.deadline);
    }
    CHECK(*std::ranges::min_element(late) < 5s); // the machine may be busy, but not every time
    print((std::string(wait.name) + ", deadline").c_str(), late);
  }
}

TEST_CASE("waits: an interrupt from another thread ends each wait") {
  const int rounds = measures() ? 100 : 2;
  for (const auto& wait : waits) {
    INFO(wait.name);
    Waiter waiter;
    std::vector<Clock::duration> late;
    for (int i = 0; i < rounds; ++i) {
      Ending ending;
      Clock::time_point when;
      watch(waiter.program, ending);
      std::thread other([&] {
        std::this_thread::sleep_for(7ms);
        when = Clock::now();
        ending.interrupted = true;
      });
      wait.run(waiter);
      const auto after = Clock::now();
      other.join();
      REQUIRE(waiter.program.stop);
      CHECK(waiter.program.stop->code() == ErrorCode::interrupted);
      late.push_back(after - when);
    }
    print((std::string(wait.name) + ", interrupt").c_str(), late);
  }
}

} // namespace skerry::test
