#include "skerry/wasi/quota.hpp"

#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <memory>

namespace skerry::test {

namespace {

std::shared_ptr<wasi::Quota> quota(uint64_t bytes, uint64_t files = wasi::Quota::unlimited) {
  return std::make_shared<wasi::Quota>(bytes, files);
}

wasi::Config with_quota(const fs::path& host, std::shared_ptr<wasi::Quota> quota,
                        wasi::PathResolverKind resolver = wasi::PathResolverKind::automatic) {
  auto config = with_root(host, PreopenMode::read_write, resolver);
  config.preopens[0].quota = std::move(quota);
  return config;
}

constexpr OpenOptions creating = {.oflags = wasi::oflags::creat, .base = rights::all};

uint32_t created(Program& program, std::string_view path, OpenOptions options = creating) {
  const auto opened = program.open(path, options);
  REQUIRE(opened.error == Errno::success);
  return opened.fd;
}

Errno pwrite(Program& program, uint32_t fd, std::string_view bytes, uint64_t offset) {
  const auto length = static_cast<uint32_t>(bytes.size());
  const uint32_t vectors = program.iovecs({{program.text(bytes), length}});
  return program.call(abi::fd_pwrite, fd, vectors, 1, offset, program.space(4));
}

} // namespace

TEST_CASE("quota: writes stop at the limit, and only growth counts") {
  TempDir temp;
  const auto limit = quota(100);
  Program program(with_quota(temp.path(), limit, GENERATE(from_range(resolvers))));
  const uint32_t fd = created(program, "file");
  CHECK(program.write(fd, std::string(60, 'a')) == Errno::success);
  CHECK(limit->bytes_used() == 60);
  CHECK(program.write(fd, std::string(60, 'b')) == Errno::success);
  CHECK(program.written == 40); // what fits
  CHECK(program.write(fd, "c") == Errno::dquot);
  CHECK(limit->bytes_used() == 100);
  CHECK(pwrite(program, fd, std::string(100, 'd'), 0) == Errno::success); // in place
  CHECK(pwrite(program, fd, "e", 100) == Errno::dquot);
  CHECK(pwrite(program, fd, "e", uint64_t{1} << 40) == Errno::dquot);
  CHECK(fs::file_size(temp / "file") == 100);
}

TEST_CASE("quota: every way to make a file larger is counted") {
  TempDir temp;
  const auto limit = quota(100);
  Program program(with_quota(temp.path(), limit));
  const uint32_t fd = created(program, "file");
  CHECK(program.call(abi::fd_filestat_set_size, fd, 101) == Errno::dquot);
  CHECK(program.call(abi::fd_filestat_set_size, fd, 90) == Errno::success);
  CHECK(program.call(abi::fd_allocate, fd, 50, 51) == Errno::dquot);
  CHECK(program.call(abi::fd_allocate, fd, 50, 45) == Errno::success);
  CHECK(limit->bytes_used() == 95);
  const auto appending = program.open("file", {.base = write_rights, .fdflags = wasi::fdflags::append});
  REQUIRE(appending.error == Errno::success);
  CHECK(program.write(appending.fd, "0123456789") == Errno::success);
  CHECK(program.written == 5);
  CHECK(program.call(abi::fd_filestat_set_size, fd, 10) == Errno::success);
  CHECK(limit->bytes_used() == 10);
  const auto truncated = program.open("file", {.oflags = wasi::oflags::trunc, .base = read_rights});
  CHECK(truncated.error == Errno::success);
  CHECK(program.write(truncated.fd, "x") == Errno::notcapable);
  CHECK(limit->bytes_used() == 0);
  CHECK(fs::file_size(temp / "file") == 0);
}

TEST_CASE("quota: names count, and come back") {
  TempDir temp;
  const auto limit = quota(1000, 3);
  Program program(with_quota(temp.path(), limit, GENERATE(from_range(resolvers))));
  CHECK(program.on_path(abi::path_create_directory, "dir") == Errno::success);
  CHECK(program.symlink("dir", "link") == Errno::success);
  program.call(abi::fd_close, created(program, "dir/file"));
  CHECK(limit->files_used() == 3);
  CHECK(program.open("other", creating).error == Errno::dquot);
  CHECK(program.open("other", {.oflags = wasi::oflags::creat | wasi::oflags::excl}).error == Errno::dquot);
  CHECK(program.on_path(abi::path_create_directory, "more") == Errno::dquot);
  CHECK(program.symlink("x", "more") == Errno::dquot);
  CHECK(program.link("dir/file", "more") == Errno::dquot);
  CHECK_FALSE(fs::exists(temp / "other"));
  CHECK(program.open("link/file", creating).error == Errno::success); // is there already
  CHECK(program.rename("dir/file", "file") == Errno::success);
  CHECK(limit->files_used() == 3);
  CHECK(program.on_path(abi::path_unlink_file, "link") == Errno::success);
  CHECK(program.on_path(abi::path_remove_directory, "dir") == Errno::success);
  CHECK(limit->files_used() == 1);
  CHECK(program.link("file", "second") == Errno::success);
  CHECK(program.rename("file", "second") == Errno::success); // two names of one file: no change
  CHECK(limit->files_used() == 2);
}

TEST_CASE("quota: what was removed is given back when nobody has it open") {
  TempDir temp;
  const auto limit = quota(100, 10);
  Program program(with_quota(temp.path(), limit));
  const uint32_t fd = created(program, "file");
  CHECK(program.write(fd, std::string(80, 'a')) == Errno::success);
  CHECK(program.on_path(abi::path_unlink_file, "file") == Errno::success);
  CHECK(limit->bytes_used() == 80); // still on disk
  const uint32_t other = created(program, "other");
  CHECK(program.write(other, std::string(80, 'b')) == Errno::success);
  CHECK(program.written == 20);
  CHECK(program.call(abi::fd_renumber, other, fd) == Errno::success); // closes the first
  CHECK(limit->bytes_used() == 20);
  CHECK(limit->files_used() == 1);
  CHECK(program.call(abi::fd_close, fd) == Errno::success);
  CHECK(program.on_path(abi::path_unlink_file, "other") == Errno::success);
  CHECK(limit->bytes_used() == 0);
  CHECK(limit->files_used() == 0);
}

TEST_CASE("quota: a file that a rename replaces is given back; with a second name it stays") {
  TempDir temp;
  const auto limit = quota(100);
  Program program(with_quota(temp.path(), limit));
  for (const auto* name : {"a", "b"}) {
    const uint32_t fd = created(program, name);
    CHECK(program.write(fd, std::string(30, 'x')) == Errno::success);
    CHECK(program.call(abi::fd_close, fd) == Errno::success);
  }
  CHECK(program.link("b", "c") == Errno::success);
  CHECK(program.rename("a", "b") == Errno::success);
  CHECK(limit->bytes_used() == 60); // c is the old b
  CHECK(limit->files_used() == 2);
  CHECK(program.rename("b", "c") == Errno::success);
  CHECK(limit->bytes_used() == 30);
  CHECK(limit->files_used() == 1);
}

TEST_CASE("quota: no way around it into another directory") {
  TempDir temp;
  fs::create_directories(temp / "limited");
  fs::create_directories(temp / "free");
  write_file(temp / "free/big", std::string(500, 'x'));
  auto config = with_root(temp / "free");
  config.preopens.push_back({(temp / "limited").string(), "/limited", PreopenMode::read_write, quota(100)});
  Program program(config);
  CHECK(program.rename("big", "big", 3, 4) == Errno::xdev);
  CHECK(program.link("big", "big", 0, 3, 4) == Errno::xdev);
  CHECK_FALSE(fs::exists(temp / "limited/big"));
}

TEST_CASE("quota: contexts that share one share what it grants, whatever is there can be counted in") {
  TempDir temp;
  fs::create_directories(temp / "dir");
  write_file(temp / "dir/old", std::string(50, 'x'));
  fs::create_hard_link(temp / "dir/old", temp / "second-name");
  const auto limit = quota(100, 10);
  REQUIRE(limit->count(temp.host()));
  CHECK(limit->bytes_used() == 50);
  CHECK(limit->files_used() == 3);
  CHECK_FALSE(limit->count((temp / "nowhere").string()));
  Program first(with_quota(temp.path(), limit)), second(with_quota(temp.path(), limit));
  CHECK(first.write(created(first, "first"), std::string(30, 'a')) == Errno::success);
  CHECK(second.write(created(second, "second"), std::string(30, 'b')) == Errno::success);
  CHECK(second.written == 20);
  first.context().reset();
  CHECK(first.on_path(abi::path_unlink_file, "first") == Errno::success);
  CHECK(limit->bytes_used() == 70);
}

} // namespace skerry::test
