// Reads and writes of shared streams never block in the system, even if another party takes the bytes or
// fills the pipe first.
#include "wasi/platform/streams.hpp"

#include "skerry/wasi/host_output.hpp"
#include "tests/catch.hpp"
#include "tests/support/emulation.hpp"
#include "tests/wasi/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <functional>
#include <thread>
#include <utility>

namespace skerry::test {

namespace {

namespace platform = wasi::platform;
using platform::Buffer;
using platform::Buffers;
using platform::StreamKind;
using Move = std::function<wasi::Expected<size_t>(Buffers)>;

// Two ends of a stream, both blocking.
struct Ends {
  int out = -1, in = -1;
  ~Ends() {
    ::close(out);
    ::close(in);
  }
};

void make_pipe(Ends& ends, const TempDir&) {
  int both[2];
  REQUIRE(::pipe2(both, O_CLOEXEC) == 0);
  ends.out = both[0], ends.in = both[1];
}
void make_fifo(Ends& ends, const TempDir& temp) {
  const std::string path = (temp / "fifo").string();
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  ends.out = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ends.in = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(::fcntl(ends.out, F_SETFL, O_RDONLY) == 0);
}
void make_sockets(Ends& ends, const TempDir&) {
  int both[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) == 0);
  ends.out = both[0], ends.in = both[1];
}

struct Kind {
  const char* name;
  StreamKind stream;
  void (*make)(Ends&, const TempDir&);
};
const Kind kinds[] = {{"pipe", StreamKind::pipe, make_pipe},
                      {"FIFO", StreamKind::pipe, make_fifo},
                      {"socket", StreamKind::socket, make_sockets}};

Buffer buffer_of(std::span<char> text) { return std::as_writable_bytes(text); }

std::string read_with(const Move& read) {
  char bytes[3], more[100];
  const Buffer buffers[] = {buffer_of(bytes), buffer_of(more)};
  const auto got = read(buffers);
  if (!got) return got.error() == Errno::again ? "not ready" : "error";
  const size_t first = std::min<size_t>(*got, 3);
  return std::string(bytes, first) + std::string(more, *got - first);
}

const std::string not_ready = "not ready";

// Fills the stream of `fd` without ever waiting; returns how many bytes it took.
size_t fill(const Move& write) {
  std::string bytes(10'000, 'x');
  const Buffer all = buffer_of(bytes);
  const Buffer buffers[] = {all.first(1), all.subspan(1)};
  size_t sum = 0;
  for (;;) {
    const auto put = write(buffers);
    if (!put) CHECK(put.error() == Errno::again);
    if (put.value_or(0) == 0) return sum;
    sum += *put;
  }
}

bool is_blocking(int fd) { return (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0; }

} // namespace

TEST_CASE("streams: ready data is moved, other calls return at once, and no flag changes") {
  if (posix_lacks("cannot read or write a shared pipe without waiting")) return;
  for (const auto& kind : kinds) {
    INFO(kind.name);
    TempDir temp;
    Ends ends;
    kind.make(ends, temp);
    const auto read = [&](Buffers buffers) {
      return platform::read_without_waiting(ends.out, kind.stream, buffers);
    };
    const auto write = [&](Buffers buffers) {
      return platform::write_without_waiting(ends.in, kind.stream, buffers);
    };
    CHECK(read_with(read) == not_ready);
    REQUIRE(::write(ends.in, "abcdef", 6) == 6);
    CHECK(read_with(read) == "abcdef");
    CHECK(read_with(read) == not_ready);
    const size_t filled = fill(write);
    CHECK(filled >= 40'000); // pages may be filled in part
    size_t drained = 0;
    for (std::string got; (got = read_with(read)) != not_ready; drained += got.size())
      REQUIRE(got == std::string(got.size(), 'x'));
    CHECK(drained == filled);
    CHECK(is_blocking(ends.out));
    CHECK(is_blocking(ends.in));
    ::close(ends.in);
    ends.in = -1;
    CHECK(read_with(read) == "");
  }
}

TEST_CASE("streams: a write without a reader is an error and no signal") {
  for (const auto& kind : kinds) {
    INFO(kind.name);
    TempDir temp;
    Ends ends;
    kind.make(ends, temp);
    ::close(ends.out);
    ends.out = -1;
    char byte = 'x';
    const Buffer one = buffer_of({&byte, 1});
    const auto put = platform::write_without_waiting(ends.in, kind.stream, {&one, 1});
    REQUIRE(!put);
    CHECK(put.error() == Errno::pipe);
  }
}

namespace {

// Another party that reads from the same stream, or writes to it, without a pause.
class Rival {
public:
  explicit Rival(std::function<void()> act)
      : thread_([this, act = std::move(act)] {
          while (!stops_) act();
        }) {}
  ~Rival() {
    stops_ = true;
    thread_.join();
  }

private:
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

// Lets a call continue until it has made this many checks, so that no clock decides.
struct Looks {
  int left = 0;
  static void watch(Program& program, Looks& looks) {
    program.watch.self = &looks;
    program.watch.check = [](void* self) -> Result<void> {
      if (--static_cast<Looks*>(self)->left <= 0) return fail(Error::trap(ErrorCode::deadline_exceeded));
      return {};
    };
  }
};

} // namespace

// The stream has one byte, and a rival takes it, sometimes after the wait and before the read. No further
// byte comes, so a read that blocks hangs this test.
TEST_CASE("streams: a read does not wait when a rival takes the bytes first") {
  if (posix_lacks("cannot read or write a shared pipe without waiting")) return;
  for (const auto& kind : kinds) {
    INFO(kind.name);
    TempDir temp;
    Ends ends;
    kind.make(ends, temp);
    wasi::Config config;
    config.stdin_stream = wasi::BorrowedFd{ends.out};
    Program program(std::move(config));
    Looks looks;
    Looks::watch(program, looks);
    Rival taker([&] {
      char byte = 0;
      const Buffer one = buffer_of({&byte, 1});
      (void)platform::read_without_waiting(ends.out, kind.stream, {&one, 1});
    });
    const uint32_t buffer = program.space(8), count = program.space(4);
    const uint32_t vectors = program.iovecs({{buffer, 8}});
    for (int i = 0; i < 500; ++i) {
      REQUIRE(::write(ends.in, "x", 1) == 1);
      looks.left = 2; // one wait of some milliseconds, if the rival was faster
      program.call(abi::fd_read, 0, vectors, 1, count);
    }
  }
}

// The rival fills the stream, and it is never emptied: a write that blocks hangs this test.
TEST_CASE("streams: a write does not wait when a rival fills the stream first") {
  if (posix_lacks("cannot read or write a shared pipe without waiting")) return;
  for (const auto& kind : kinds) {
    INFO(kind.name);
    TempDir temp;
    Ends ends;
    kind.make(ends, temp);
    wasi::Config config;
    config.stdout_stream = wasi::BorrowedFd{ends.in};
    Program program(std::move(config));
    Looks looks;
    Looks::watch(program, looks);
    const auto write = [&](Buffers buffers) {
      return platform::write_without_waiting(ends.in, kind.stream, buffers);
    };
    fill(write);
    char bytes[4096] = {};
    const Buffer one = buffer_of(bytes);
    Rival filler([&] { (void)write({&one, 1}); });
    const uint32_t buffer = program.space(8192), count = program.space(4);
    const uint32_t vectors = program.iovecs({{buffer, 8192}});
    for (int i = 0; i < 200; ++i) {
      char room[4096];
      const Buffer drained = buffer_of(room);
      (void)platform::read_without_waiting(ends.out, kind.stream, {&drained, 1});
      looks.left = 2;
      program.call(abi::fd_write, 1, vectors, 1, count);
    }
    CHECK(is_blocking(ends.in));
  }
}

TEST_CASE("a write to a full pipe ends at its deadline, even at the earliest one") {
  using Clock = std::chrono::steady_clock;
  const TempDir dir;
  Ends ends;
  make_pipe(ends, dir);
  const std::string text(1 << 20, 'x'); // more than a pipe holds
  for (const Clock::time_point deadline : {Clock::time_point::min(), Clock::time_point{}, Clock::now()}) {
    const auto start = Clock::now();
    const size_t first = wasi::write_part_before(deadline, ends.in, text);
    CHECK(first < text.size());
    CHECK(wasi::write_part_before(deadline, ends.in, text) == 0);
    CHECK_FALSE(wasi::write_before(deadline, ends.in, text));
    CHECK(Clock::now() - start < std::chrono::seconds(30)); // without a deadline it waits minutes
    std::string got(first, 0);
    for (size_t at = 0; at < first;) {
      const ssize_t n = ::read(ends.out, got.data() + at, first - at);
      REQUIRE(n > 0);
      at += static_cast<size_t>(n);
    }
    CHECK(got == text.substr(0, first));
    CHECK(wasi::write_before(deadline, ends.in, "y"));
    REQUIRE(::read(ends.out, got.data(), 1) == 1);
  }
}

TEST_CASE("a write that fails says why") {
  const auto soon = std::chrono::steady_clock::now();
  const TempDir dir;
  Ends ends;
  make_pipe(ends, dir);
  CHECK_FALSE(wasi::write_all_before(soon, ends.in, "all of it"));
  const auto full = wasi::write_all_before(soon, ends.in, std::string(1 << 20, 'x'));
  REQUIRE(full);
  CHECK_FALSE(full->is_closed);
  CHECK(full->reason == std::strerror(ETIMEDOUT));
  REQUIRE(::close(std::exchange(ends.out, -1)) == 0);
  const auto closed = wasi::write_all_before(soon, ends.in, "x");
  REQUIRE(closed);
  CHECK(closed->is_closed);
  const auto unknown = wasi::write_all_before(soon, -1, "x");
  REQUIRE(unknown);
  CHECK_FALSE(unknown->is_closed);
  CHECK(unknown->reason == std::strerror(EBADF));
}

} // namespace skerry::test
