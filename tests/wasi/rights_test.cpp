// Every function that takes a descriptor needs its right.
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <functional>

namespace skerry::test {

namespace {

struct Case {
  const char* name;
  wasi::Rights right;
  std::function<Errno(Program&, uint32_t fd)> run;
};

// Tests a file or a directory that has all rights except this one.
Errno filestat_times(Program& p, uint32_t fd) { return p.call(abi::fd_filestat_set_times, fd, 0, 0, 2); }

const std::vector<Case> on_file = {
    {"fd_advise", rights::fd_advise,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_advise, fd, 0, 0, 0); }},
    {"fd_allocate", rights::fd_allocate,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_allocate, fd, 0, 10); }},
    {"fd_datasync", rights::fd_datasync,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_datasync, fd); }},
    {"fd_sync", rights::fd_sync, [](Program& p, uint32_t fd) { return p.call(abi::fd_sync, fd); }},
    {"fd_fdstat_set_flags", rights::fd_fdstat_set_flags,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_fdstat_set_flags, fd, 0); }},
    {"fd_filestat_get", rights::fd_filestat_get,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_filestat_get, fd, p.space(64)); }},
    {"fd_filestat_set_size", rights::fd_filestat_set_size,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_filestat_set_size, fd, 1); }},
    {"fd_filestat_set_times", rights::fd_filestat_set_times, filestat_times},
    {"fd_read", rights::fd_read,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_read, fd, p.space(8), 0, p.space(4)); }},
    {"fd_pread", rights::fd_read,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_pread, fd, p.space(8), 0, 0, p.space(4)); }},
    {"fd_pread, seeking", rights::fd_seek,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_pread, fd, p.space(8), 0, 0, p.space(4)); }},
    {"fd_write", rights::fd_write,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_write, fd, p.space(8), 0, p.space(4)); }},
    {"fd_pwrite", rights::fd_write,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_pwrite, fd, p.space(8), 0, 0, p.space(4)); }},
    {"fd_pwrite, seeking", rights::fd_seek,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_pwrite, fd, p.space(8), 0, 0, p.space(4)); }},
    {"fd_seek", rights::fd_seek,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_seek, fd, 1, 0, p.space(8)); }},
    {"fd_tell", rights::fd_tell | rights::fd_seek,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_tell, fd, p.space(8)); }},
    {"poll_oneoff", rights::poll_fd_readwrite,
     [](Program& p, uint32_t fd) {
       const uint32_t in = p.space(48), out = p.space(32);
       p.store<uint8_t>(in + 8, wasi::eventtype::fd_read);
       p.store<uint32_t>(in + 16, fd);
       const Errno error = p.call(abi::poll_oneoff, in, out, 1, p.space(4));
       return error == Errno::success ? static_cast<Errno>(p.load<uint16_t>(out + 8)) : error;
     }},
};

const std::vector<Case> on_directory = {
    {"path_create_directory", rights::path_create_directory,
     [](Program& p, uint32_t fd) { return p.on_path(abi::path_create_directory, "made", fd); }},
    {"path_filestat_get", rights::path_filestat_get,
     [](Program& p, uint32_t fd) { return p.filestat("file", 0, fd); }},
    {"path_filestat_set_times", rights::path_filestat_set_times,
     [](Program& p, uint32_t fd) { return p.set_mtime("file", 0, 1, fd); }},
    {"path_link, source", rights::path_link_source,
     [](Program& p, uint32_t fd) { return p.link("file", "linked", 0, fd, 3); }},
    {"path_link, target", rights::path_link_target,
     [](Program& p, uint32_t fd) { return p.link("dir/inside", "linked", 0, 3, fd); }},
    {"path_open", rights::path_open, [](Program& p, uint32_t fd) { return p.open("file", {}, fd).error; }},
    {"path_open, creating", rights::path_create_file,
     [](Program& p, uint32_t fd) { return p.open("new", {.oflags = wasi::oflags::creat}, fd).error; }},
    {"path_open, truncating", rights::path_filestat_set_size,
     [](Program& p, uint32_t fd) {
       return p.open("file", {.oflags = wasi::oflags::trunc, .base = write_rights}, fd).error;
     }},
    {"fd_readdir", rights::fd_readdir,
     [](Program& p, uint32_t fd) { return p.call(abi::fd_readdir, fd, p.space(64), 64, 0, p.space(4)); }},
    {"path_readlink", rights::path_readlink,
     [](Program& p, uint32_t fd) {
       return p.call(abi::path_readlink, fd, p.text("link"), 4, p.space(8), 8, p.space(4));
     }},
    {"path_rename, source", rights::path_rename_source,
     [](Program& p, uint32_t fd) { return p.rename("file", "renamed", fd, 3); }},
    {"path_rename, target", rights::path_rename_target,
     [](Program& p, uint32_t fd) { return p.rename("dir/inside", "renamed", 3, fd); }},
    {"path_symlink", rights::path_symlink,
     [](Program& p, uint32_t fd) { return p.symlink("file", "made", fd); }},
    {"path_remove_directory", rights::path_remove_directory,
     [](Program& p, uint32_t fd) { return p.on_path(abi::path_remove_directory, "empty", fd); }},
    {"path_unlink_file", rights::path_unlink_file,
     [](Program& p, uint32_t fd) { return p.on_path(abi::path_unlink_file, "file", fd); }},
};

struct RightsTree {
  TempDir temp;
  fs::path base = temp / "base";
  RightsTree() {
    fs::create_directories(base / "sub/empty");
    fs::create_directories(base / "dir");
    write_file(base / "sub/file", "text");
    write_file(base / "dir/inside", "text");
    fs::create_symlink("file", base / "sub/link");
  }
};

} // namespace

TEST_CASE("rights: every function requires its own, and fails without that one alone") {
  for (const bool directory : {false, true}) {
    for (const Case& one : directory ? on_directory : on_file) {
      INFO(one.name);
      RightsTree tree;
      Program program(with_root(tree.base));
      const auto applicable = directory ? rights::directory : rights::file;
      const OpenOptions how = {.oflags = directory ? wasi::oflags::directory : uint32_t{0},
                               .base = applicable};
      const auto open = [&] {
        const auto opened = program.open(directory ? "sub" : "sub/file", how);
        REQUIRE(opened.error == Errno::success);
        return opened.fd;
      };
      const uint32_t narrowed = open(), whole = open();
      REQUIRE(program.call(abi::fd_fdstat_set_rights, narrowed, applicable & ~one.right,
                           directory ? rights::all : rights::none) == Errno::success);
      CHECK(one.run(program, narrowed) == Errno::notcapable);
      CHECK(one.run(program, whole) == Errno::success);
    }
  }
}

TEST_CASE("rights: those that a directory does not pass on are missing below it") {
  RightsTree tree;
  Program program(with_root(tree.base));
  const auto sub = program.open(
      "sub", {.oflags = wasi::oflags::directory, .base = rights::directory, .inheriting = rights::fd_read});
  REQUIRE(sub.error == Errno::success);
  const auto file = program.open("file", {.base = rights::all}, sub.fd);
  REQUIRE(file.error == Errno::success);
  CHECK(program.read(file.fd) == "text");
  CHECK(program.write(file.fd, "x") == Errno::notcapable);
  CHECK(program.call(abi::fd_filestat_set_size, file.fd, 0) == Errno::notcapable);
  CHECK(program.call(abi::fd_fdstat_set_rights, file.fd, rights::fd_write, 0) == Errno::notcapable);
  CHECK(program.call(abi::fd_renumber, file.fd, sub.fd) == Errno::success); // rights move with the descriptor
  CHECK(program.write(sub.fd, "x") == Errno::notcapable);
  CHECK(read_file(tree.base / "sub/file") == "text");
}

TEST_CASE("rights: a program that asks for none gets what the directory passes on") {
  RightsTree tree;
  Program program(with_root(tree.base));
  const OpenOptions none = {.base = 0, .inheriting = 0};
  const OpenOptions folder = {.oflags = wasi::oflags::directory, .base = 0, .inheriting = 0};
  const auto sub = program.open("sub", folder);
  REQUIRE(sub.error == Errno::success);
  CHECK(program.call(abi::fd_readdir, sub.fd, program.space(64), 64, 0, program.space(4)) == Errno::success);
  const auto made = program.open("made", {.oflags = wasi::oflags::creat, .base = 0, .inheriting = 0}, sub.fd);
  REQUIRE(made.error == Errno::success);
  CHECK(program.write(made.fd, "text") == Errno::success);
  const auto emptied =
      program.open("made", {.oflags = wasi::oflags::trunc, .base = 0, .inheriting = 0}, sub.fd);
  REQUIRE(emptied.error == Errno::success);
  CHECK(program.write(emptied.fd, "new") == Errno::success);
  const auto file = program.open("file", none, sub.fd);
  REQUIRE(file.error == Errno::success);
  CHECK(program.read(file.fd) == "text");
  CHECK(program.write(file.fd, "x") == Errno::notcapable); // opened for reading
  CHECK(program.open(".", none, sub.fd).error == Errno::success);
}

TEST_CASE("rights: asking for none gives no more than the directory passes on") {
  RightsTree tree;
  Program program(with_root(tree.base));
  const OpenOptions none = {.base = 0, .inheriting = 0};
  const auto narrow = program.open(
      "sub", {.oflags = wasi::oflags::directory, .base = rights::directory, .inheriting = rights::fd_seek});
  REQUIRE(narrow.error == Errno::success);
  const auto file = program.open("file", none, narrow.fd);
  REQUIRE(file.error == Errno::success);
  CHECK(program.read(file.fd) == Program::failure(Errno::notcapable));
  CHECK(program.call(abi::fd_seek, file.fd, 0, 0, program.space(8)) == Errno::success);
  // A program that names any right uses rights.
  const auto strict = program.open("sub/file", {.base = rights::fd_seek, .inheriting = 0});
  CHECK(program.read(strict.fd) == Program::failure(Errno::notcapable));
  const auto passes_on =
      program.open("sub", {.oflags = wasi::oflags::directory, .base = 0, .inheriting = rights::fd_read});
  CHECK(program.open("file", none, passes_on.fd).error == Errno::notcapable);

  Program reader(with_root(tree.base, PreopenMode::read_only));
  const auto read_only = reader.open("sub/file", none);
  REQUIRE(read_only.error == Errno::success);
  CHECK(reader.read(read_only.fd) == "text");
  CHECK(reader.write(read_only.fd, "x") == Errno::notcapable);
  CHECK(reader.open("sub/file", {.oflags = wasi::oflags::trunc, .base = 0, .inheriting = 0}).error ==
        Errno::rofs);
  CHECK(reader.open("new", {.oflags = wasi::oflags::creat, .base = 0, .inheriting = 0}).error == Errno::rofs);
}

TEST_CASE("rights: a file that must not be written can be opened without asking for rights") {
  RightsTree tree;
  fs::permissions(tree.base / "sub/file", fs::perms::owner_read);
  Program program(with_root(tree.base));
  const auto file = program.open("sub/file", {.base = 0, .inheriting = 0});
  REQUIRE(file.error == Errno::success);
  CHECK(program.read(file.fd) == "text");
}

TEST_CASE("rights: fd_filestat_set_size, which Go always asks for, does not open a file for writing") {
  // Go's os.Open asks for these rights.
  constexpr uint64_t base = 0x0fff'ffff & ~(rights::fd_datasync | rights::fd_write | rights::fd_allocate |
                                            rights::path_filestat_set_size);
  static_assert((base & rights::fd_filestat_set_size) != 0);
  const OpenOptions like_go = {.base = base, .inheriting = 0x0fff'ffff};
  RightsTree tree;
  fs::permissions(tree.base / "sub/file", fs::perms::owner_read);
  for (const auto mode : {PreopenMode::read_only, PreopenMode::read_write}) {
    Program program(with_root(tree.base, mode));
    const auto file = program.open("sub/file", like_go);
    REQUIRE(file.error == Errno::success);
    CHECK(program.read(file.fd) == "text");
    const auto error = program.call(abi::fd_filestat_set_size, file.fd, 0);
    CHECK(error == (mode == PreopenMode::read_only ? Errno::rofs : Errno::notcapable));
    const auto folder = program.open("sub", like_go);
    REQUIRE(folder.error == Errno::success);
    CHECK(program.call(abi::fd_readdir, folder.fd, program.space(64), 64, 0, program.space(4)) ==
          Errno::success);
  }
}

} // namespace skerry::test
