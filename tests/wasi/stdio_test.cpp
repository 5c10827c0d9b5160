// The three streams: null, fixed bytes, captured, callbacks, borrowed; blocking reads and writes, and how
// they end.
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <chrono>
#include <csignal>

namespace skerry::test {

namespace {

using namespace std::chrono_literals;

struct Pipe {
  int ends[2];
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() { close_read(), close_write(); }
  void close_read() { close_end(0); }
  void close_write() { close_end(1); }
  void close_end(int i) {
    if (ends[i] >= 0) ::close(ends[i]);
    ends[i] = -1;
  }
};

// Stops a program as the engine does, at its deadline.
void set_deadline(Program& program, wasi::Watch::Clock::duration after) {
  program.watch.deadline = wasi::Watch::Clock::now() + after;
  program.watch.self = &program;
  program.watch.check = [](void* self) -> Result<void> {
    if (wasi::Watch::Clock::now() < static_cast<Program*>(self)->watch.deadline) return {};
    return fail(Error::trap(ErrorCode::deadline_exceeded));
  };
}

} // namespace

TEST_CASE("stdio: no stream exists unless it was given") {
  Program program({});
  CHECK(program.read(0).empty());
  CHECK(program.write(1, "lost") == Errno::success);
  CHECK(program.written == 4);
  CHECK(program.write(2, "lost") == Errno::success);
  CHECK(program.write(0, "x") == Errno::notcapable);
  CHECK(program.read(1) == Program::failure(Errno::notcapable));
  CHECK(program.open("x").error == Errno::badf);
  CHECK(program.context().open_descriptors() == 3);
}

TEST_CASE("stdio: a stream that the embedder has closed is empty") {
  wasi::Config config;
  config.stdin_stream = wasi::BorrowedFd{1 << 20};
  config.stdout_stream = wasi::BorrowedFd{1 << 20};
  Program program(config);
  CHECK(program.read(0).empty());
  CHECK(program.write(1, "x") == Errno::badf);
}

TEST_CASE("stdio: fixed bytes are read in pieces, then the end") {
  wasi::Config config;
  config.stdin_stream = wasi::Bytes{"hello"};
  Program program(config);
  CHECK(program.read(0, 3) == "hel");
  CHECK(program.read(0, 3) == "lo");
  CHECK(program.read(0, 3).empty());
  const uint32_t at = program.space(8);
  CHECK(program.call(abi::fd_seek, 0, 0, 0, at) == Errno::spipe);
  program.context().reset();
  CHECK(program.read(0) == "hello");
}

TEST_CASE("stdio: output is captured up to a limit") {
  wasi::Config config;
  auto discarding = std::make_shared<wasi::OutputBuffer>(8);
  auto failing = std::make_shared<wasi::OutputBuffer>(8, wasi::OutputBuffer::Overflow::fail);
  config.stdout_stream = discarding;
  config.stderr_stream = failing;
  Program program(config);
  CHECK(program.write(1, "0123456789") == Errno::success);
  CHECK(program.written == 10);
  CHECK(discarding->text() == "01234567");
  CHECK(discarding->dropped() == 2);
  CHECK(discarding->take() == "01234567");
  CHECK(program.write(1, "again") == Errno::success);
  CHECK(discarding->text() == "again");
  CHECK(program.write(2, "0123456789") == Errno::success);
  CHECK(program.written == 8);
  CHECK(program.write(2, "x") == Errno::nospc);
}

TEST_CASE("stdio: output is called back, and a short count is a short write") {
  wasi::Config config;
  std::string seen;
  config.stdout_stream = wasi::OutputCallback([&](std::span<const std::byte> bytes) {
    seen.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return seen.size() > 10 ? 0 : bytes.size();
  });
  Program program(config);
  CHECK(program.write(1, "0123456789") == Errno::success);
  CHECK(program.write(1, "x") == Errno::nospc);
  CHECK(seen == "0123456789x");
}

TEST_CASE("stdio: streams are not terminals and have no position") {
  Pipe pipe;
  wasi::Config config;
  config.stdin_stream = wasi::BorrowedFd{pipe.ends[0]};
  Program program(config);
  const uint32_t at = program.space(64);
  for (const uint32_t fd : {0u, 1u}) {
    REQUIRE(program.call(abi::fd_fdstat_get, fd, at) == Errno::success);
    CHECK(program.load<uint8_t>(at) == static_cast<uint8_t>(wasi::Filetype::unknown));
    CHECK((program.load<uint64_t>(at + 8) & (rights::fd_seek | rights::fd_tell)) == 0);
    CHECK(program.call(abi::fd_seek, fd, 0, 0, at) == Errno::spipe);
    CHECK(program.call(abi::fd_tell, fd, at) == Errno::spipe);
    CHECK(program.call(abi::fd_prestat_get, fd, at) == Errno::badf);
    CHECK(program.call(abi::fd_filestat_get, fd, at) == Errno::success);
    CHECK(program.call(abi::fd_filestat_set_size, fd, 0) == Errno::spipe);
    CHECK(program.call(abi::fd_filestat_set_times, fd, 0, 0, 0) == Errno::notcapable);
  }
}

TEST_CASE("stdio: reading an empty pipe ends at the deadline") {
  Pipe pipe;
  wasi::Config config;
  config.stdin_stream = wasi::BorrowedFd{pipe.ends[0]};
  Program program(config);
  const auto start =
      std::chrono::steady_clock::now(); // before the deadline, which counts from a later moment
  set_deadline(program, 30ms);
  program.read(0);
  const auto took = std::chrono::steady_clock::now() - start;
  REQUIRE(program.stop);
  CHECK(program.stop->code() == ErrorCode::deadline_exceeded);
  CHECK(took >= 30ms);
  CHECK(took < 30ms + 200ms); // 5 ms on an idle machine
}

TEST_CASE("stdio: writing to a full pipe ends at the deadline, after the bytes that fit") {
  Pipe pipe;
  wasi::Config config;
  config.stdout_stream = wasi::BorrowedFd{pipe.ends[1]};
  Program program(config);
  set_deadline(program, 30ms);
  program.write(1, std::string(500'000, 'x'));
  REQUIRE(program.stop);
  CHECK(program.stop->code() == ErrorCode::deadline_exceeded);
  char byte = 0;
  CHECK(::read(pipe.ends[0], &byte, 1) == 1);
}

TEST_CASE("stdio: a nonblocking pipe answers at once, without a change to the embedder's descriptor") {
  Pipe pipe;
  wasi::Config config;
  config.stdin_stream = wasi::BorrowedFd{pipe.ends[0]};
  Program program(config);
  REQUIRE(program.call(abi::fd_fdstat_set_flags, 0, wasi::fdflags::nonblock) == Errno::success);
  CHECK(program.read(0) == Program::failure(Errno::again));
  CHECK((::fcntl(pipe.ends[0], F_GETFL) & O_NONBLOCK) == 0);
  REQUIRE(::write(pipe.ends[1], "data", 4) == 4);
  CHECK(program.read(0) == "data");
  pipe.close_write();
  CHECK(program.read(0).empty());
  CHECK(program.call(abi::fd_fdstat_set_flags, 0, wasi::fdflags::append) == Errno::notsup);
  CHECK(program.call(abi::fd_fdstat_set_flags, 0, 32) == Errno::inval);
}

TEST_CASE("stdio: all bytes written arrive, whatever the pipe's flags and size") {
  Pipe pipe;
  const bool nonblocking = GENERATE(false, true);
  if (nonblocking) REQUIRE(::fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK) == 0);
  wasi::Config config;
  config.stdout_stream = wasi::BorrowedFd{pipe.ends[1]};
  Program program(config);
  struct Reader {
    int fd;
    size_t total = 0;
  } reader{pipe.ends[0]};
  // Reads a little each time the program begins to wait.
  program.watch.self = &reader;
  program.watch.check = [](void* self) -> Result<void> {
    auto& from = *static_cast<Reader*>(self);
    char buffer[3000];
    const int flags = ::fcntl(from.fd, F_GETFL);
    ::fcntl(from.fd, F_SETFL, flags | O_NONBLOCK);
    const ssize_t got = ::read(from.fd, buffer, sizeof buffer);
    if (got > 0) from.total += static_cast<size_t>(got);
    return {};
  };
  REQUIRE(program.write(1, std::string(500'000, 'x')) == Errno::success);
  CHECK(program.written == 500'000);
  pipe.close_write();
  char buffer[4096];
  for (ssize_t got = 1; got > 0;) {
    got = ::read(pipe.ends[0], buffer, sizeof buffer);
    if (got > 0) reader.total += static_cast<size_t>(got);
  }
  CHECK(reader.total == 500'000);
}

TEST_CASE("stdio: a closed reader is an error, not a signal") {
  struct sigaction by_default{}, before{};
  by_default.sa_handler = SIG_DFL;
  REQUIRE(::sigaction(SIGPIPE, &by_default, &before) == 0);
  Pipe pipe;
  wasi::Config config;
  config.stdout_stream = wasi::BorrowedFd{pipe.ends[1]};
  Program program(config);
  pipe.close_read();
  CHECK(program.write(1, "x") == Errno::pipe);
  CHECK(program.write(1, "x") == Errno::pipe);
  REQUIRE(::sigaction(SIGPIPE, &before, nullptr) == 0); // a signal left pending would have ended this process
                                                        // by now
}

TEST_CASE("stdio: closing and renumbering leave the embedder's descriptors open") {
  Pipe pipe;
  wasi::Config config;
  config.stdin_stream = wasi::BorrowedFd{pipe.ends[0]};
  config.stdout_stream = wasi::BorrowedFd{pipe.ends[1]};
  Program program(config);
  CHECK(program.call(abi::fd_renumber, 1, 0) == Errno::success);
  CHECK(program.write(0, "now out") == Errno::success);
  CHECK(program.write(1, "x") == Errno::badf);
  CHECK(program.call(abi::fd_close, 0) == Errno::success);
  CHECK(program.call(abi::fd_close, 0) == Errno::badf);
  CHECK(::fcntl(pipe.ends[0], F_GETFD) >= 0);
  CHECK(::fcntl(pipe.ends[1], F_GETFD) >= 0);
}

TEST_CASE("stdio: a callback supplies input, possibly in pieces") {
  std::string rest = "some input";
  wasi::Config config;
  config.stdin_stream = wasi::InputCallback([&](std::span<std::byte> bytes) {
    const size_t length = std::min({bytes.size(), rest.size(), size_t{4}});
    std::memcpy(bytes.data(), rest.data(), length);
    rest.erase(0, length);
    return length;
  });
  Program program(config);
  CHECK(program.read(0) == "some");
  CHECK(program.read(0, 2) == " i");
  CHECK(program.read(0) == "nput");
  CHECK(program.read(0) == "");
  CHECK(program.write(0, "x") == Errno::notcapable);
  wasi::Config nothing;
  nothing.stdin_stream = wasi::InputCallback();
  CHECK(Program(nothing).read(0) == "");
}

TEST_CASE("stdio: a callback that claims more bytes than requested is not believed") {
  wasi::Config config;
  config.stdin_stream = wasi::InputCallback([](std::span<std::byte>) { return ~size_t{0} >> 1; });
  Program program(config);
  CHECK(program.read(0, 8).size() == 8);
}

} // namespace skerry::test
