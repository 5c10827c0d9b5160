// Answers that WASI leaves open, and that deployed C libraries rely on (docs/wasi.md has the table).
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <utility>

namespace skerry::test {

namespace {

struct ShownStat {
  wasi::Filetype type;
  uint64_t rights;
};

ShownStat fdstat(Program& program, uint32_t fd) {
  const uint32_t at = program.space(24);
  REQUIRE(program.call(abi::fd_fdstat_get, fd, at) == Errno::success);
  return {static_cast<wasi::Filetype>(program.load<uint8_t>(at)), program.load<uint64_t>(at + 8)};
}

constexpr uint64_t position_rights = rights::fd_seek | rights::fd_tell;

} // namespace

TEST_CASE("sockets: C libraries recognize them") {
  TempDir temp;
  write_file(temp / "file", "");
  for (const auto& [kind, type] : {std::pair(SOCK_STREAM, wasi::Filetype::socket_stream),
                                   std::pair(SOCK_DGRAM, wasi::Filetype::socket_dgram)}) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, kind, 0, ends) == 0);
    auto config = with_root(temp.path());
    config.sockets = {{ends[0]}};
    Program program(config);
    CHECK(program.call(abi::fd_prestat_get, 3, program.space(8)) == Errno::success);
    CHECK(program.call(abi::fd_prestat_get, 4, program.space(8)) == Errno::badf); // the end of the preopens
    CHECK(fdstat(program, 4).type == type);
    const uint32_t stat = program.space(64);
    REQUIRE(program.call(abi::fd_filestat_get, 4, stat) == Errno::success);
    CHECK(program.load<uint8_t>(stat + 16) == static_cast<uint8_t>(type));
    const auto file = program.open("file");
    for (const uint32_t other : {3u, file.fd, 0u})
      CHECK(program.call(abi::sock_shutdown, other, 1) == Errno::notsock);
    ::close(ends[0]);
    ::close(ends[1]);
  }
}

TEST_CASE("stdio: C libraries recognize a terminal by its rights") {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) {
    WARN("skipped: no terminals here");
    return;
  }
  const int device = ::open("/dev/null", O_RDWR);
  REQUIRE(device >= 0);
  wasi::Config config;
  config.stdin_stream = wasi::BorrowedFd{terminal};
  config.stdout_stream = wasi::BorrowedFd{device};
  Program program(config);
  CHECK(fdstat(program, 0).type == wasi::Filetype::character_device);
  CHECK((fdstat(program, 0).rights & position_rights) == 0);
  CHECK(fdstat(program, 1).type == wasi::Filetype::character_device);
  CHECK((fdstat(program, 1).rights & position_rights) == position_rights); // not a terminal
  ::close(device);
  ::close(terminal);
}

TEST_CASE("paths: unlinking a directory says that it is one, so that remove tries rmdir") {
  TempDir temp;
  fs::create_directory(temp / "dir");
  for (const auto resolver : resolvers) {
    Program program(with_root(temp.path(), PreopenMode::read_write, resolver));
    for (const auto* path : {"dir", "dir/", "."})
      CHECK(program.on_path(abi::path_unlink_file, path) == Errno::isdir);
  }
}

} // namespace skerry::test
