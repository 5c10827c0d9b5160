// Files through descriptors: positions, sizes, flags, rights, limits; and the unstable snapshot's
// differences.
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <sys/stat.h>

namespace skerry::test {

namespace {

struct Seek {
  Errno error;
  uint64_t position;
};

Seek seek(Program& program, uint32_t fd, int64_t offset, uint32_t whence) {
  const uint32_t at = program.space(8);
  const Errno error = program.call(abi::fd_seek, fd, static_cast<uint64_t>(offset), whence, at);
  return {error, error == Errno::success ? program.load<uint64_t>(at) : 0};
}

uint64_t base_rights(Program& program, uint32_t fd) {
  const uint32_t at = program.space(24);
  REQUIRE(program.call(abi::fd_fdstat_get, fd, at) == Errno::success);
  return program.load<uint64_t>(at + 8);
}

constexpr uint64_t max_offset = 0x7fff'ffff'ffff'ffff;

} // namespace

TEST_CASE("files: written, sought, read") {
  TempDir temp;
  Program program(with_root(temp.path()));
  const auto file = program.open("file", {.oflags = wasi::oflags::creat});
  REQUIRE(file.error == Errno::success);
  CHECK(file.fd == 4);
  CHECK(program.write(file.fd, "hello world") == Errno::success);
  CHECK(seek(program, file.fd, -5, 2).position == 6);
  CHECK(program.read(file.fd) == "world");
  CHECK(seek(program, file.fd, -1, 0).error == Errno::inval);
  CHECK(seek(program, file.fd, 0, 3).error == Errno::inval);
  CHECK(seek(program, file.fd, 0, 1).position == 11);
  CHECK(program.call(abi::fd_close, file.fd) == Errno::success);
  CHECK(program.read(file.fd) == Program::failure(Errno::badf));
  CHECK(read_file(temp / "file") == "hello world");
}

TEST_CASE("files: the unstable snapshot counts whence and lays out filestat differently") {
  TempDir temp;
  write_file(temp / "file", "0123456789");
  Program program(with_root(temp.path()), wasi::Snapshot::unstable);
  const auto file = program.open("file");
  REQUIRE(file.error == Errno::success);
  CHECK(seek(program, file.fd, 4, 2).position == 4);  // set
  CHECK(seek(program, file.fd, 1, 0).position == 5);  // cur
  CHECK(seek(program, file.fd, -1, 1).position == 9); // end

  const uint32_t at = program.space(64);
  program.store<uint64_t>(at + 56, 0x5555'5555'5555'5555);
  REQUIRE(program.call(abi::fd_filestat_get, file.fd, at) == Errno::success);
  CHECK(program.load<uint8_t>(at + 16) == static_cast<uint8_t>(wasi::Filetype::regular_file));
  CHECK(program.load<uint32_t>(at + 20) == 1);
  CHECK(program.load<uint64_t>(at + 24) == 10);
  CHECK(program.load<uint64_t>(at + 56) == 0x5555'5555'5555'5555); // writes nothing beyond its 56 bytes
}

TEST_CASE("files: filestat of the final snapshot") {
  TempDir temp;
  write_file(temp / "file", "0123456789");
  fs::create_hard_link(temp / "file", temp / "second");
  Program program(with_root(temp.path()));
  REQUIRE(program.filestat("file", 0) == Errno::success);
  struct stat status{};
  REQUIRE(::stat((temp / "file").c_str(), &status) == 0);
  const uint32_t at = program.filestat_at;
  CHECK(program.load<uint64_t>(at) == status.st_dev);
  CHECK(program.load<uint64_t>(at + 8) == status.st_ino);
  CHECK(program.load<uint64_t>(at + 24) == 2);
  CHECK(program.load<uint64_t>(at + 32) == 10);
  CHECK(program.load<uint64_t>(at + 48) == static_cast<uint64_t>(status.st_mtim.tv_sec) * 1'000'000'000 +
                                               static_cast<uint64_t>(status.st_mtim.tv_nsec));
}

TEST_CASE("files: offsets near the end of 64 bits") {
  TempDir temp;
  Program program(with_root(temp.path()));
  const auto file = program.open("file", {.oflags = wasi::oflags::creat});
  const uint32_t buffer = program.space(16), count = program.space(4),
                 vectors = program.iovecs({{buffer, 16}});
  for (const uint64_t offset :
       {~uint64_t{0}, ~uint64_t{0} - 15, uint64_t{1} << 63, max_offset, max_offset - 15}) {
    INFO(offset);
    CHECK(program.call(abi::fd_pwrite, file.fd, vectors, 1, offset, count) == Errno::fbig);
    const Errno read = program.call(abi::fd_pread, file.fd, vectors, 1, offset, count);
    CHECK((read == Errno::inval || (read == Errno::success && program.load<uint32_t>(count) == 0)));
    CHECK(program.call(abi::fd_allocate, file.fd, offset, 16) == Errno::fbig);
    if (offset > max_offset) CHECK(program.call(abi::fd_filestat_set_size, file.fd, offset) == Errno::fbig);
  }
  CHECK(program.call(abi::fd_allocate, file.fd, 16, ~uint64_t{0}) == Errno::fbig);
  CHECK(program.call(abi::fd_allocate, file.fd, 0, 0) == Errno::inval);
  CHECK(program.call(abi::fd_advise, file.fd, ~uint64_t{0}, 1, 0) == Errno::inval);
  CHECK(program.call(abi::fd_advise, file.fd, 0, 1, 6) == Errno::inval);
  CHECK(program.call(abi::fd_advise, file.fd, 0, 1, 3) == Errno::success);
  CHECK(fs::file_size(temp / "file") == 0);
}

TEST_CASE("files: sparse beyond 4 GiB") {
  TempDir temp;
  Program program(with_root(temp.path()));
  const auto file = program.open("file", {.oflags = wasi::oflags::creat});
  constexpr int64_t far = int64_t{5} << 30;
  CHECK(seek(program, file.fd, far, 0).position == far);
  CHECK(program.write(file.fd, "end") == Errno::success);
  CHECK(seek(program, file.fd, 0, 1).position == far + 3);
  CHECK(seek(program, file.fd, far, 0).position == far);
  CHECK(program.read(file.fd) == "end");
  REQUIRE(program.filestat("file", 0) == Errno::success);
  CHECK(program.load<uint64_t>(program.filestat_at + 32) == far + 3);
}

TEST_CASE("files: append, also switched on later") {
  TempDir temp;
  write_file(temp / "file", "start");
  Program program(with_root(temp.path()));
  const auto file = program.open("file", {.fdflags = wasi::fdflags::append});
  CHECK(program.write(file.fd, "+one") == Errno::success);
  CHECK(program.call(abi::fd_fdstat_set_flags, file.fd, 0) == Errno::success);
  CHECK(seek(program, file.fd, 0, 0).position == 0);
  CHECK(program.write(file.fd, "S") == Errno::success);
  CHECK(program.call(abi::fd_fdstat_set_flags, file.fd, wasi::fdflags::append) == Errno::success);
  CHECK(program.write(file.fd, "+two") == Errno::success);
  CHECK(read_file(temp / "file") == "Start+one+two");
  CHECK(program.call(abi::fd_fdstat_set_flags, file.fd, wasi::fdflags::sync) == Errno::notsup);
}

TEST_CASE("files: a gathered write and a scattered read, with huge vectors refused") {
  TempDir temp;
  Program program(with_root(temp.path()));
  const auto file = program.open("file", {.oflags = wasi::oflags::creat});
  const uint32_t count = program.space(4), a = program.text("one,"), b = program.text("two");
  CHECK(program.call(abi::fd_write, file.fd, program.iovecs({{a, 4}, {0, 0}, {b, 3}}), 3, count) ==
        Errno::success);
  CHECK(program.load<uint32_t>(count) == 7);
  const uint32_t buffer = program.space(8);
  CHECK(program.call(abi::fd_pread, file.fd, program.iovecs({{buffer, 2}, {buffer + 4, 4}}), 2, 1, count) ==
        Errno::success);
  CHECK(program.load<uint32_t>(count) == 6);
  CHECK(program.string_at(buffer, 2) == "ne");
  CHECK(program.string_at(buffer + 4, 4) == ",two");

  CHECK(program.call(abi::fd_write, file.fd, program.iovecs({{0, 0xffff'ffff}}), 1, count) == Errno::fault);
  CHECK(program.call(abi::fd_write, file.fd, 0, 0xffff'ffff, count) == Errno::fault);
  CHECK(program.call(abi::fd_write, file.fd, program.iovecs({{a, 4}}), 1, Program::memory_bytes) ==
        Errno::fault);
  CHECK(fs::file_size(temp / "file") == 7);
}

TEST_CASE("files: large transfers are whole") {
  TempDir temp;
  Program program(with_root(temp.path()));
  const auto file = program.open("file", {.oflags = wasi::oflags::creat});
  // Ten times the same 900 KiB: more than one system call gets.
  const uint32_t list = program.space(80), count = program.space(4);
  for (uint32_t i = 0; i < 10; ++i)
    program.store(list + i * 8, 0u), program.store(list + i * 8 + 4, 900u << 10);
  CHECK(program.call(abi::fd_write, file.fd, list, 10, count) == Errno::success);
  CHECK(program.load<uint32_t>(count) == 9000u << 10);
  CHECK(fs::file_size(temp / "file") == 9000u << 10);
  CHECK(seek(program, file.fd, 100, 0).error == Errno::success);
  for (uint32_t i = 0; i < 10; ++i) program.store(list + i * 8, 0u), program.store(list + i * 8 + 4, 64u);
  CHECK(program.call(abi::fd_read, file.fd, list, 10, count) == Errno::success);
  CHECK(program.load<uint32_t>(count) == 640);
}

TEST_CASE("files: rights are those requested that the directory passes on and that make sense") {
  TempDir temp;
  write_file(temp / "file", "text");
  fs::create_directory(temp / "dir");
  Program program(with_root(temp.path()));
  const auto file = program.open("file", {.base = read_rights});
  CHECK(base_rights(program, file.fd) == (read_rights & rights::file));
  CHECK(program.write(file.fd, "x") == Errno::notcapable);
  CHECK(program.call(abi::fd_filestat_set_size, file.fd, 0) == Errno::notcapable);
  CHECK(program.call(abi::fd_fdstat_set_rights, file.fd, rights::all, 0) == Errno::notcapable);
  CHECK(program.call(abi::fd_fdstat_set_rights, file.fd, rights::fd_seek, 0) == Errno::success);
  CHECK(program.read(file.fd) == Program::failure(Errno::notcapable));
  CHECK(program.call(abi::fd_fdstat_set_rights, file.fd, rights::fd_read, 0) == Errno::notcapable);

  const auto narrow = program.open("dir", {.oflags = wasi::oflags::directory,
                                           .base = rights::path_open | rights::path_create_file,
                                           .inheriting = read_rights});
  REQUIRE(narrow.error == Errno::success);
  write_file(temp / "dir/inner", "inner");
  const auto inner = program.open("inner", {}, narrow.fd);
  REQUIRE(inner.error == Errno::success);
  CHECK(base_rights(program, inner.fd) == (read_rights & rights::file));
  CHECK(program.on_path(abi::path_unlink_file, "inner", narrow.fd) == Errno::notcapable);
  CHECK(program.open("inner", {.oflags = wasi::oflags::trunc}, narrow.fd).error == Errno::notcapable);
  CHECK(read_file(temp / "dir/inner") == "inner");
}

TEST_CASE("files: directories are not read, written or sought") {
  TempDir temp;
  Program program(with_root(temp.path()));
  CHECK_FALSE(program.read(3).empty());
  CHECK(program.write(3, "x") != Errno::success);
  CHECK(seek(program, 3, 0, 1).error == Errno::badf);
  CHECK(program.call(abi::fd_filestat_set_size, 3, 0) == Errno::badf);
  CHECK(program.open(".", {.oflags = wasi::oflags::directory | wasi::oflags::creat}).error == Errno::inval);
  CHECK(program.open(".", {.base = rights::fd_write}).error == Errno::isdir);
  CHECK(program.open("new", {.oflags = wasi::oflags::directory, .base = rights::fd_readdir}).error ==
        Errno::noent);
}

TEST_CASE("files: no more descriptors than the limit") {
  TempDir temp;
  write_file(temp / "file", "");
  auto config = with_root(temp.path());
  config.limits.open_descriptors = 10;
  Program program(config);
  for (int i = 0; i < 6; ++i) REQUIRE(program.open("file").error == Errno::success);
  CHECK(program.open("file").error == Errno::mfile);
  CHECK(program.open("new", {.oflags = wasi::oflags::creat}).error == Errno::mfile);
  CHECK_FALSE(fs::exists(temp / "new"));
  CHECK(program.call(abi::fd_close, 5) == Errno::success);
  CHECK(program.open("file").fd == 5);
  program.context().reset();
  CHECK(program.context().open_descriptors() == 4);
  CHECK(program.open("file").fd == 4);
}

TEST_CASE("files: preopens are described by their guest names") {
  TempDir temp;
  wasi::Config config;
  config.preopens = {{temp.host(), "/data", PreopenMode::read_only},
                     {temp.host(), ".", PreopenMode::read_write}};
  Program program(config);
  const uint32_t at = program.space(16);
  REQUIRE(program.call(abi::fd_prestat_get, 3, at) == Errno::success);
  CHECK(program.load<uint8_t>(at) == 0);
  REQUIRE(program.load<uint32_t>(at + 4) == 5);
  CHECK(program.call(abi::fd_prestat_dir_name, 3, at, 4) == Errno::nametoolong);
  CHECK(program.call(abi::fd_prestat_dir_name, 3, at, 5) == Errno::success);
  CHECK(program.string_at(at, 5) == "/data");
  CHECK(program.call(abi::fd_prestat_get, 5, at) == Errno::badf);
  CHECK(program.call(abi::fd_prestat_get, 0, at) == Errno::badf);
}

} // namespace skerry::test
