// path_* inside a directory: the functions that change it, and what a read-only directory refuses.
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <sys/stat.h>

namespace skerry::test {

namespace {

struct PathTree {
  TempDir temp;
  Program program;
  explicit PathTree(wasi::PathResolverKind resolver, PreopenMode mode = PreopenMode::read_write)
      : program(fill(temp, resolver, mode)) {}

  static wasi::Config fill(const TempDir& temp, wasi::PathResolverKind resolver, PreopenMode mode) {
    fs::create_directories(temp / "dir/nested");
    write_file(temp / "file", "text");
    fs::create_symlink("file", temp / "link");
    fs::create_symlink("dir", temp / "dir_link");
    return with_root(temp.path(), mode, resolver);
  }
};

} // namespace

TEST_CASE("paths: directories are made and removed") {
  PathTree tree(GENERATE(from_range(resolvers)));
  auto& program = tree.program;
  CHECK(program.on_path(abi::path_create_directory, "new") == Errno::success);
  CHECK(program.on_path(abi::path_create_directory, "new/sub/") == Errno::success);
  CHECK(fs::is_directory(tree.temp / "new/sub"));
  CHECK(program.on_path(abi::path_create_directory, "new") == Errno::exist);
  CHECK(program.on_path(abi::path_create_directory, ".") == Errno::exist);
  CHECK(program.on_path(abi::path_create_directory, "new/..") == Errno::exist);
  CHECK(program.on_path(abi::path_create_directory, "no/such") == Errno::noent);
  CHECK(program.on_path(abi::path_remove_directory, "new") == Errno::notempty);
  CHECK(program.on_path(abi::path_remove_directory, "new/sub/") == Errno::success);
  CHECK(program.on_path(abi::path_remove_directory, "new") == Errno::success);
  CHECK(program.on_path(abi::path_remove_directory, "file") == Errno::notdir);
  CHECK(program.on_path(abi::path_remove_directory, "dir_link") == Errno::notdir);
  CHECK(program.on_path(abi::path_remove_directory, ".") == Errno::inval);
  CHECK(fs::is_directory(tree.temp / "dir/nested"));
}

TEST_CASE("paths: files are unlinked; links are unlinked instead of their targets") {
  PathTree tree(GENERATE(from_range(resolvers)));
  auto& program = tree.program;
  CHECK(program.on_path(abi::path_unlink_file, "dir") == Errno::isdir);
  CHECK(program.on_path(abi::path_unlink_file, "dir/") == Errno::isdir);
  CHECK(program.on_path(abi::path_unlink_file, "file/") == Errno::notdir);
  CHECK(program.on_path(abi::path_unlink_file, "dir_link/") == Errno::notdir);
  CHECK(program.on_path(abi::path_unlink_file, "link") == Errno::success);
  CHECK(program.on_path(abi::path_unlink_file, "dir_link") == Errno::success);
  CHECK(fs::exists(tree.temp / "file"));
  CHECK(fs::exists(tree.temp / "dir"));
  CHECK(program.on_path(abi::path_unlink_file, "file") == Errno::success);
  CHECK(program.on_path(abi::path_unlink_file, "file") == Errno::noent);
  CHECK(program.on_path(abi::path_unlink_file, "..") == Errno::perm);
}

TEST_CASE("paths: renames") {
  PathTree tree(GENERATE(from_range(resolvers)));
  auto& program = tree.program;
  CHECK(program.rename("file", "dir/moved") == Errno::success);
  CHECK(read_file(tree.temp / "dir/moved") == "text");
  CHECK(program.rename("dir/moved", "file/") == Errno::notdir);
  CHECK(program.rename("dir/nested/", "other/") == Errno::success);
  CHECK(fs::is_directory(tree.temp / "other"));
  CHECK(program.rename("other", "dir/moved") == Errno::notdir);
  CHECK(program.rename("dir/moved", "other") == Errno::isdir);
  CHECK(program.rename("dir", "dir/sub") == Errno::inval);
  CHECK(program.rename(".", "x") == Errno::busy);
  CHECK(program.rename("other", "dir/..") == Errno::busy);
  CHECK(program.rename("link", "renamed_link") == Errno::success);
  CHECK(fs::is_symlink(tree.temp / "renamed_link"));
}

TEST_CASE("paths: links, hard and symbolic") {
  PathTree tree(GENERATE(from_range(resolvers)));
  auto& program = tree.program;
  CHECK(program.link("file", "hard") == Errno::success);
  CHECK(fs::hard_link_count(tree.temp / "file") == 2);
  CHECK(program.link("link", "hard_to_link") == Errno::success);
  CHECK(fs::is_symlink(tree.temp / "hard_to_link"));
  CHECK(program.link("file", "hard") == Errno::exist);
  CHECK(program.link("file", "new/") == Errno::noent);
  CHECK(program.link("file/", "new") == Errno::notdir);
  CHECK(program.link("dir", "new") == Errno::perm);
  CHECK(program.symlink("dir/", "made") == Errno::success);
  CHECK(program.readlink("made") == "dir/");
  CHECK(program.symlink("x", "file") == Errno::exist);
  CHECK(program.symlink("/etc/passwd", "absolute") == Errno::perm);
  CHECK(program.symlink("", "empty") == Errno::noent);
  CHECK(program.symlink(std::string_view("a\0b", 3), "nul") == Errno::ilseq);
  CHECK(program.readlink("file") == Program::failure(Errno::inval));
  CHECK(program.readlink("link") == "file");
}

TEST_CASE("paths: attributes of a link or of its target") {
  PathTree tree(GENERATE(from_range(resolvers)));
  auto& program = tree.program;
  const auto type = [&] {
    return static_cast<wasi::Filetype>(program.load<uint8_t>(program.filestat_at + 16));
  };
  REQUIRE(program.filestat("link", 0) == Errno::success);
  CHECK(type() == wasi::Filetype::symbolic_link);
  REQUIRE(program.filestat("link", 1) == Errno::success);
  CHECK(type() == wasi::Filetype::regular_file);
  REQUIRE(program.filestat("dir_link/", 0) == Errno::success);
  CHECK(type() == wasi::Filetype::directory);
  CHECK(program.filestat("link/", 1) == Errno::notdir);
  CHECK(program.filestat("file", 2) == Errno::inval);

  constexpr uint64_t moment = 1'000'000'000'000'000'007;
  struct stat status{};
  REQUIRE(program.set_mtime("link", 1, moment) == Errno::success);
  REQUIRE(::lstat((tree.temp / "file").c_str(), &status) == 0);
  CHECK(status.st_mtim.tv_sec == 1'000'000'000);
  CHECK(status.st_mtim.tv_nsec == 7);
  REQUIRE(program.set_mtime("link", 0, moment + 1) == Errno::success);
  REQUIRE(::lstat((tree.temp / "link").c_str(), &status) == 0);
  CHECK(status.st_mtim.tv_nsec == 8);
  const uint32_t path = program.text("file");
  for (const uint32_t flags : {3u, 12u, 16u, 0xffff'fffeu}) {
    CHECK(program.call(abi::path_filestat_set_times, 3, 1, path, 4, 0, 0, flags) == Errno::inval);
  }
}

TEST_CASE("paths: a read-only directory refuses every change, and shows everything") {
  PathTree tree(GENERATE(from_range(resolvers)), PreopenMode::read_only);
  auto& program = tree.program;
  const auto file = program.open("file", {.base = read_rights});
  REQUIRE(file.error == Errno::success);
  CHECK(program.read(file.fd) == "text");
  CHECK(program.filestat("file", 1) == Errno::success);
  CHECK(program.readlink("link") == "file");

  using namespace wasi::oflags;
  CHECK(program.open("new", {.oflags = creat, .base = read_rights}).error == Errno::rofs);
  CHECK(program.open("file", {.oflags = trunc, .base = read_rights}).error == Errno::rofs);
  CHECK(program.open("file", {.base = write_rights}).error == Errno::rofs);
  CHECK(program.open("file", {.base = rights::fd_allocate}).error == Errno::rofs);
  const auto sizeable = program.open("file", {.base = rights::fd_filestat_set_size});
  REQUIRE(sizeable.error == Errno::success); // without the right
  CHECK(program.call(abi::fd_filestat_set_size, sizeable.fd, 0) == Errno::rofs);
  CHECK(program.on_path(abi::path_create_directory, "new") == Errno::rofs);
  CHECK(program.on_path(abi::path_remove_directory, "dir/nested") == Errno::rofs);
  CHECK(program.on_path(abi::path_unlink_file, "file") == Errno::rofs);
  CHECK(program.rename("file", "moved") == Errno::rofs);
  CHECK(program.link("file", "hard") == Errno::rofs);
  CHECK(program.symlink("file", "soft") == Errno::rofs);
  CHECK(program.set_mtime("file", 1, 0) == Errno::rofs);
  CHECK(program.write(file.fd, "x") == Errno::notcapable);
  CHECK(program.call(abi::fd_filestat_set_size, file.fd, 0) == Errno::rofs);
  CHECK(program.call(abi::fd_filestat_set_times, file.fd, 0, 0, 5) == Errno::rofs);
  CHECK(program.call(abi::fd_filestat_set_times, 3, 0, 0, 5) == Errno::rofs);
  CHECK(program.call(abi::fd_allocate, file.fd, 0, 100) == Errno::rofs);

  const auto dir = program.open("dir", {.oflags = directory, .base = rights::all & ~rights::fd_write});
  REQUIRE(dir.error == Errno::success);
  CHECK(program.open("new", {.oflags = creat, .base = read_rights}, dir.fd).error == Errno::rofs);
  CHECK(program.on_path(abi::path_create_directory, "new", dir.fd) == Errno::rofs);
  const uint32_t at = program.space(24);
  REQUIRE(program.call(abi::fd_fdstat_get, dir.fd, at) == Errno::success);
  CHECK((program.load<uint64_t>(at + 8) & rights::mutating) == 0);
  CHECK((program.load<uint64_t>(at + 16) & rights::mutating) == rights::writing);
}

TEST_CASE("paths: a C library that asks for the rights that a read-only directory shows is refused") {
  TempDir temp;
  write_file(temp / "file", "text");
  fs::create_directory(temp / "dir");
  Program program(with_root(temp.path(), PreopenMode::read_only));
  const auto dir =
      program.open("dir", {.oflags = wasi::oflags::directory, .base = rights::directory & ~rights::mutating});
  REQUIRE(dir.error == Errno::success);
  const uint32_t at = program.space(24);
  for (const uint32_t fd : {3u, dir.fd}) {
    REQUIRE(program.call(abi::fd_fdstat_get, fd, at) == Errno::success);
    CHECK((program.load<uint64_t>(at + 8) & rights::mutating) == 0);
    // As open(O_RDWR) does.
    const uint64_t passed_on = program.load<uint64_t>(at + 16);
    CHECK(program.open(fd == 3 ? "file" : ".", {.base = passed_on}, fd).error == Errno::rofs);
    // As open(O_RDONLY) does.
    const auto opened = program.open(fd == 3 ? "file" : ".", {.base = passed_on & ~rights::writing}, fd);
    REQUIRE(opened.error == Errno::success);
    REQUIRE(program.call(abi::fd_fdstat_get, opened.fd, at) == Errno::success);
    CHECK((program.load<uint64_t>(at + 8) & rights::mutating) == 0);
  }
}

TEST_CASE("paths: no way from a read-only directory into a writable one") {
  TempDir temp;
  fs::create_directories(temp / "ro");
  fs::create_directories(temp / "rw");
  write_file(temp / "ro/file", "text");
  write_file(temp / "rw/file", "other");
  wasi::Config config;
  config.preopens = {{(temp / "ro").string(), "/ro", PreopenMode::read_only},
                     {(temp / "rw").string(), "/rw", PreopenMode::read_write}};
  Program program(config);
  CHECK(program.link("file", "stolen", 0, 3, 4) == Errno::rofs);
  CHECK(program.rename("file", "stolen", 3, 4) == Errno::rofs);
  CHECK(program.link("file", "planted", 0, 4, 3) == Errno::rofs);
  CHECK(program.rename("file", "planted", 4, 3) == Errno::rofs);
  CHECK(program.call(abi::fd_renumber, 3, 4) == Errno::success);
  CHECK(program.open("file", {.base = write_rights}, 4).error == Errno::rofs);
}

TEST_CASE("paths: a named pipe without a partner does not block") {
  TempDir temp;
  REQUIRE(::mkfifo((temp / "fifo").c_str(), 0600) == 0);
  Program program(with_root(temp.path()));
  const auto reader = program.open(
      "fifo", {.base = rights::fd_read | rights::fd_fdstat_set_flags, .fdflags = wasi::fdflags::nonblock});
  REQUIRE(reader.error == Errno::success);
  CHECK(program.read(reader.fd) == Program::failure(Errno::again));
  const auto writer = program.open("fifo", {.base = rights::fd_write});
  REQUIRE(writer.error == Errno::success);
  CHECK(program.write(writer.fd, "through") == Errno::success);
  CHECK(program.read(reader.fd) == "through");
  CHECK(program.call(abi::fd_close, reader.fd) == Errno::success);
  CHECK(program.write(writer.fd, "x") == Errno::pipe);
}

} // namespace skerry::test
