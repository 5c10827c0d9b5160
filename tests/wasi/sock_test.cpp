// The embedder's sockets: connections, and listeners with the connections that they accept.
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <thread>

namespace skerry::test {

namespace {

using namespace std::chrono_literals;

// A TCP listener on a free port of the loopback interface.
struct Listener {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  Listener() {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(fd, 8) == 0);
    REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  }
  ~Listener() { ::close(fd); }
  int connect() const {
    const int made = ::socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return made;
  }
};

struct Server {
  Listener listener;
  Program program;
  uint32_t buffer, count, flags;

  explicit Server(wasi::Config config = {})
      : program(with_socket(std::move(config), listener.fd)), buffer(program.space(64)),
        count(program.space(4)), flags(program.space(4)) {}

  static wasi::Config with_socket(wasi::Config config, int fd) {
    config.sockets = {{fd}};
    return config;
  }
  Opened accept(uint32_t fdflags = 0) {
    const Errno error = program.call(abi::sock_accept, 3, fdflags, count);
    return {error, error == Errno::success ? program.load<uint32_t>(count) : ~uint32_t{0}};
  }
  Errno receive(uint32_t fd, uint32_t how = 0, uint32_t length = 64) {
    return program.call(abi::sock_recv, fd, program.iovecs({{buffer, length}}), 1, how, count, flags);
  }
  std::string received() { return program.string_at(buffer, program.load<uint32_t>(count)); }
  Errno send(uint32_t fd, std::string_view bytes) {
    return program.call(abi::sock_send, fd,
                        program.iovecs({{program.text(bytes), static_cast<uint32_t>(bytes.size())}}), 1, 0,
                        count);
  }
  // Ends calls as the engine does.
  void set_deadline(wasi::Watch::Clock::duration after) {
    program.watch.deadline = wasi::Watch::Clock::now() + after;
    program.watch.self = &program.watch;
    program.watch.check = [](void* self) -> Result<void> {
      if (wasi::Watch::Clock::now() < static_cast<wasi::Watch*>(self)->deadline) return {};
      return fail(Error::trap(ErrorCode::deadline_exceeded));
    };
  }
};

} // namespace

TEST_CASE("sockets: connections are read, written, shut down; others are not") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  wasi::Config config;
  config.sockets = {{ends[0]}};
  Program program(config);
  const uint32_t buffer = program.space(64), count = program.space(4), flags = program.space(4);
  const auto receive = [&](uint32_t fd, uint32_t how) {
    return program.call(abi::sock_recv, fd, program.iovecs({{buffer, 64}}), 1, how, count, flags);
  };
  const auto send = [&](uint32_t fd, uint32_t how) {
    return program.call(abi::sock_send, fd, program.iovecs({{program.text("ping"), 4}}), 1, how, count);
  };
  REQUIRE(send(3, 0) == Errno::success);
  CHECK(program.load<uint32_t>(count) == 4);
  char bytes[8];
  CHECK(::read(ends[1], bytes, sizeof bytes) == 4);
  REQUIRE(::write(ends[1], "pong", 4) == 4);
  REQUIRE(receive(3, 1) == Errno::success); // only peeks
  REQUIRE(receive(3, 0) == Errno::success);
  CHECK(program.string_at(buffer, program.load<uint32_t>(count)) == "pong");
  CHECK(program.load<uint16_t>(flags) == 0);

  CHECK(send(3, 1) == Errno::inval);
  CHECK(receive(3, 4) == Errno::inval);
  CHECK(send(1, 0) == Errno::notsock);
  CHECK(receive(0, 0) == Errno::notsock);
  CHECK(program.call(abi::sock_shutdown, 1, 1) == Errno::notsock);
  CHECK(program.call(abi::sock_shutdown, 9, 1) == Errno::badf);
  CHECK(program.call(abi::sock_accept, 1, 0, count) == Errno::notsock);
  CHECK(program.call(abi::sock_accept, 3, 0, count) == Errno::inval); // not a listener
  CHECK(program.call(abi::sock_shutdown, 3, 0) == Errno::inval);
  CHECK(program.call(abi::sock_shutdown, 3, 4) == Errno::inval);
  CHECK(program.call(abi::sock_shutdown, 3, 2) == Errno::success);
  CHECK(::read(ends[1], bytes, sizeof bytes) == 0);
  CHECK(send(3, 0) == Errno::pipe);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("sockets: a listener accepts, and its connections are served") {
  Server server;
  const int client = server.listener.connect();
  const auto accepted = server.accept();
  REQUIRE(accepted.error == Errno::success);
  CHECK(accepted.fd == 4);
  REQUIRE(::write(client, "hello", 5) == 5);
  CHECK(server.receive(4, 2, 5) == Errno::success); // all of the data
  CHECK(server.received() == "hello");
  CHECK(server.send(4, "welcome") == Errno::success);
  char bytes[16];
  CHECK(::read(client, bytes, sizeof bytes) == 7);
  CHECK(server.program.write(4, "file-like") == Errno::success);
  CHECK(::read(client, bytes, sizeof bytes) == 9);
  const uint32_t stat = server.program.space(24);
  CHECK(server.program.call(abi::fd_fdstat_get, 4, stat) == Errno::success);
  CHECK(server.program.load<uint8_t>(stat) == static_cast<uint8_t>(wasi::Filetype::socket_stream));
  CHECK(server.program.call(abi::sock_shutdown, 4, 2) == Errno::success);
  CHECK(::read(client, bytes, sizeof bytes) == 0);
  ::close(client);
  CHECK(server.receive(4) == Errno::success);
  CHECK(server.received().empty());
  CHECK(server.program.call(abi::fd_close, 4) == Errno::success);
}

TEST_CASE("sockets: a nonblocking listener and its nonblocking connections answer at once") {
  Server server;
  CHECK(server.accept(1).error == Errno::inval); // append makes no sense
  REQUIRE(server.program.call(abi::fd_fdstat_set_flags, 3, wasi::fdflags::nonblock) == Errno::success);
  CHECK(server.accept().error == Errno::again);
  const int client = server.listener.connect();
  const auto accepted = server.accept(wasi::fdflags::nonblock);
  REQUIRE(accepted.error == Errno::success);
  CHECK(server.receive(accepted.fd) == Errno::again);
  CHECK((::fcntl(server.listener.fd, F_GETFL) & O_NONBLOCK) != 0); // as configured
  ::close(client);
}

TEST_CASE("sockets: connections count as descriptors") {
  wasi::Config config;
  config.limits.open_descriptors = 5;
  Server server(config);
  const int first = server.listener.connect(), second = server.listener.connect();
  CHECK(server.accept().error == Errno::success);
  CHECK(server.accept().error == Errno::mfile);
  CHECK(server.program.call(abi::fd_close, 4) == Errno::success);
  CHECK(server.accept().error == Errno::success); // no connection was lost
  ::close(first);
  ::close(second);
}

TEST_CASE("sockets: rights are checked") {
  Server server;
  const int client = server.listener.connect();
  REQUIRE(server.accept().error == Errno::success);
  CHECK(server.program.call(abi::fd_fdstat_set_rights, 4, rights::none, rights::none) == Errno::success);
  CHECK(server.receive(4) == Errno::notcapable);
  CHECK(server.send(4, "x") == Errno::notcapable);
  CHECK(server.program.call(abi::sock_shutdown, 4, 1) == Errno::notcapable);
  CHECK(server.program.call(abi::fd_fdstat_set_rights, 3, rights::none, rights::none) == Errno::success);
  CHECK(server.accept().error == Errno::notcapable);
  ::close(client);
}

TEST_CASE("sockets: accepting, receiving and sending end at the deadline") {
  Server server;
  const auto ends_late = [&](auto&& run) {
    const auto start =
        std::chrono::steady_clock::now(); // before the deadline, which counts from a later moment
    server.set_deadline(20ms);
    run();
    CHECK(std::chrono::steady_clock::now() - start >= 20ms);
    REQUIRE(server.program.stop);
    CHECK(server.program.stop->code() == ErrorCode::deadline_exceeded);
    server.program.watch = {};
  };
  ends_late([&] { server.accept(); });
  const int client = server.listener.connect();
  REQUIRE(server.accept().error == Errno::success);
  ends_late([&] { server.receive(4); });
  ends_late([&] { server.receive(4, 2); });
  const std::string much(200'000, 'x');
  ends_late([&] {
    do {
      server.send(4, much); // no reader is left
    } while (!server.program.stop);
  });
  ::close(client);
}

TEST_CASE("sockets: a datagram is cut at the end of the buffer and reported as truncated") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
  wasi::Config config;
  config.sockets = {{ends[0]}};
  Program program(config);
  REQUIRE(::write(ends[1], "a long datagram", 15) == 15);
  const uint32_t buffer = program.space(4), count = program.space(4), flags = program.space(4);
  CHECK(program.call(abi::sock_recv, 3, program.iovecs({{buffer, 4}}), 1, 0, count, flags) == Errno::success);
  CHECK(program.string_at(buffer, 4) == "a lo");
  CHECK(program.load<uint16_t>(flags) == 1);
  ::close(ends[0]);
  ::close(ends[1]);
}

} // namespace skerry::test
