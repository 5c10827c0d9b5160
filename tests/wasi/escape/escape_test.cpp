// The escape battery: hostile paths against every path function, with both resolvers, in both modes.
// Everything outside the directory must stay unchanged, and the program may learn nothing about it.
#include "tests/catch.hpp"
#include "tests/wasi/escape/prison.hpp"

#include <functional>

namespace skerry::test {

namespace {

// Paths whose last component is outside, however it is treated.
const std::vector<std::string> beyond = {
    "../outside/secret",
    "../outside/dir",
    "../outside/new",
    "../outside",
    "..",
    "../",
    ".././outside/secret",
    "./../outside/secret",
    "dir/../../outside/secret",
    "dir/nested/../../../outside/secret",
    "dir//..//..//outside//secret",
    "../base/file",
    "../base/../outside/secret",
    "../base-sibling/secret",
    "up_dir/secret",
    "up_dir/dir/",
    "up_dir/new",
    "up_dir/../base/file",
    "up_dir_slash/secret",
    "up_dir_slash/new",
    "up_dir_dots/secret",
    "parent/outside/secret",
    "parent_slash/outside/new",
    "parent/base/file",
    "out_and_in/file",
    "sibling/secret",
    "absolute_dir/secret",
    "absolute_dir/new",
    "root/etc/passwd",
    "root_slashes/tmp/new",
    "chain1/secret",
    "chain2/new",
    "chain3/secret",
    "through_dir/secret",
    "to_far/secret",
    "dir/nested/far/secret",
    "proc_root/etc/passwd",
    "proc_cwd/new",
    "/",
    "/etc/passwd",
    "//etc/passwd",
    "loop/x",
    "ping/x",
    "dir/nested/../../..",
};

// Paths whose last component is a link inside that leads outside: functions that follow it must fail.
const std::vector<std::string> leading_out = {
    "up",
    "up_dir",
    "up_dir_slash",
    "up_dir_dots",
    "parent",
    "parent_slash",
    "out_and_in",
    "sibling",
    "absolute",
    "absolute_dir",
    "root",
    "absolute_inside",
    "chain1",
    "chain2",
    "chain3",
    "through_dir",
    "to_far",
    "loop",
    "dangling_out",
    "ping",
    "dir/nested/far",
    "proc_root",
    "proc_cwd",
    "root_slashes",
    "dangling_absolute",
    "dangling_out_slash",
};

struct Probe {
  const char* name;
  std::function<Errno(Program&, const std::string& path)> run;
};

OpenOptions open_as(uint32_t flags, uint64_t base, uint32_t lookup = wasi::lookupflags::symlink_follow) {
  return {.lookup = lookup, .oflags = flags, .base = base};
}

// Functions that follow a link in the last place.
const std::vector<Probe> following = {
    {"open to read",
     [](Program& p, const auto& path) { return p.open(path, open_as(0, read_rights)).error; }},
    {"open to write",
     [](Program& p, const auto& path) { return p.open(path, open_as(0, write_rights)).error; }},
    {"open a directory",
     [](Program& p, const auto& path) {
       return p.open(path, open_as(wasi::oflags::directory, rights::fd_readdir)).error;
     }},
    {"open to create",
     [](Program& p, const auto& path) {
       return p.open(path, open_as(wasi::oflags::creat, write_rights)).error;
     }},
    {"open to create anew",
     [](Program& p, const auto& path) {
       return p.open(path, open_as(wasi::oflags::creat | wasi::oflags::excl, write_rights)).error;
     }},
    {"open to truncate",
     [](Program& p, const auto& path) {
       return p.open(path, open_as(wasi::oflags::trunc, write_rights)).error;
     }},
    {"open to truncate, for reading",
     [](Program& p, const auto& path) {
       return p.open(path, open_as(wasi::oflags::trunc, read_rights)).error;
     }},
    {"attributes", [](Program& p, const auto& path) { return p.filestat(path, 1); }},
    {"set times", [](Program& p, const auto& path) { return p.set_mtime(path, 1, 1); }},
    {"link from, following", [](Program& p, const auto& path) { return p.link(path, "stolen", 1); }},
    {"open with a slash",
     [](Program& p, const auto& path) { return p.open(path + "/", open_as(0, read_rights)).error; }},
    {"open with a slash, not following",
     [](Program& p, const auto& path) { return p.open(path + "/", open_as(0, read_rights, 0)).error; }},
    {"open with slashes and a dot",
     [](Program& p, const auto& path) { return p.open(path + "//.", open_as(0, read_rights, 0)).error; }},
    {"attributes with a slash", [](Program& p, const auto& path) { return p.filestat(path + "/", 0); }},
    {"set times with a slash", [](Program& p, const auto& path) { return p.set_mtime(path + "///", 0, 1); }},
    {"set times with a dot", [](Program& p, const auto& path) { return p.set_mtime(path + "/.", 0, 1); }},
    {"make a directory in it",
     [](Program& p, const auto& path) { return p.on_path(abi::path_create_directory, path + "/made"); }},
    {"remove from it",
     [](Program& p, const auto& path) { return p.on_path(abi::path_unlink_file, path + "/secret"); }},
    {"remove a directory from it",
     [](Program& p, const auto& path) { return p.on_path(abi::path_remove_directory, path + "/dir"); }},
    {"rename into it", [](Program& p, const auto& path) { return p.rename("file", path + "/file"); }},
    {"rename out of it", [](Program& p, const auto& path) { return p.rename(path + "/secret", "stolen"); }},
    {"link into it", [](Program& p, const auto& path) { return p.link("file", path + "/file"); }},
    {"symlink into it", [](Program& p, const auto& path) { return p.symlink("x", path + "/planted"); }},
    {"read a link in it",
     [](Program& p, const auto& path) {
       return p.readlink(path + "/link").starts_with("errno") ? Errno::perm : Errno::success;
     }},
};

// Functions that act on the last component itself, for paths that are outside altogether.
const std::vector<Probe> direct = {
    {"open, not following",
     [](Program& p, const auto& path) { return p.open(path, open_as(0, read_rights, 0)).error; }},
    {"attributes, not following", [](Program& p, const auto& path) { return p.filestat(path, 0); }},
    {"set times, not following", [](Program& p, const auto& path) { return p.set_mtime(path, 0, 1); }},
    {"make a directory",
     [](Program& p, const auto& path) { return p.on_path(abi::path_create_directory, path); }},
    {"remove a directory",
     [](Program& p, const auto& path) { return p.on_path(abi::path_remove_directory, path); }},
    {"unlink", [](Program& p, const auto& path) { return p.on_path(abi::path_unlink_file, path); }},
    {"rename from", [](Program& p, const auto& path) { return p.rename(path, "stolen"); }},
    {"rename to", [](Program& p, const auto& path) { return p.rename("file", path); }},
    {"link from", [](Program& p, const auto& path) { return p.link(path, "stolen"); }},
    {"link to", [](Program& p, const auto& path) { return p.link("file", path); }},
    {"symlink at", [](Program& p, const auto& path) { return p.symlink("x", path); }},
    {"read link",
     [](Program& p, const auto& path) {
       return p.readlink(path).starts_with("errno") ? Errno::perm : Errno::success;
     }},
};

void run(Program& program, const std::vector<Probe>& probes, const std::vector<std::string>& paths) {
  for (const auto& path : paths) {
    for (const auto& probe : probes) {
      INFO(probe.name << ": " << path);
      CHECK(probe.run(program, path) != Errno::success);
    }
  }
}

} // namespace

TEST_CASE("escape: nothing outside is read, written, created, removed or revealed") {
  const auto resolver = GENERATE(from_range(resolvers));
  const auto mode = GENERATE(PreopenMode::read_write, PreopenMode::read_only);
  Prison prison;
  const auto before = prison.outside();
  auto config = with_root(prison.base, mode, resolver);
  Program program(config);
  run(program, following, beyond);
  run(program, direct, beyond);
  run(program, following, leading_out);
  CHECK(prison.outside() == before);
  CHECK(read_file(prison.base / "file") == "inside");
  CHECK_FALSE(fs::exists(prison.base / "stolen"));
}

TEST_CASE("escape: the same from a directory that the program opened itself") {
  const auto resolver = GENERATE(from_range(resolvers));
  Prison prison;
  const auto before = prison.outside();
  Program program(with_root(prison.base, PreopenMode::read_write, resolver));
  const auto nested =
      program.open("dir/nested", {.oflags = wasi::oflags::directory, .base = rights::directory});
  REQUIRE(nested.error == Errno::success);
  for (const auto* path :
       {"..", "../..", "../../file", "../../../outside/secret", "far/secret", "far", "./../nested/deep"}) {
    INFO(path);
    CHECK(program.open(path, {.base = read_rights}, nested.fd).error == Errno::perm);
    CHECK(program.filestat(path, 1, nested.fd) == Errno::perm);
    CHECK(program.link(path, "stolen", 1, nested.fd) != Errno::success);
  }
  CHECK(program.open("deep", {.base = read_rights}, nested.fd).error == Errno::success);
  CHECK(prison.outside() == before);
}

TEST_CASE("escape: links that the program makes lead nowhere") {
  const auto resolver = GENERATE(from_range(resolvers));
  Prison prison;
  const auto before = prison.outside();
  Program program(with_root(prison.base, PreopenMode::read_write, resolver));
  int number = 0;
  for (const auto* target :
       {"..", "../", "../outside", "../outside/", "../outside/secret", "./../outside/secret",
        "dir/../../outside", "up_dir", "up_dir/", "parent/outside/secret"}) {
    const std::string name = "made" + std::to_string(number++);
    INFO(target);
    REQUIRE(program.symlink(target, name) == Errno::success);
    CHECK(program.readlink(name) == target);
    run(program, following, {name});
  }
  for (const auto* target : {"/", "//", "/etc", "/proc/self/root"}) {
    CHECK(program.symlink(target, "absolute_made") == Errno::perm);
  }
  // A link that is renamed to a place where its target means something else.
  REQUIRE(program.on_path(abi::path_create_directory, "a") == Errno::success);
  REQUIRE(program.on_path(abi::path_create_directory, "a/b") == Errno::success);
  REQUIRE(program.symlink("../../outside", "a/b/link") == Errno::success);
  REQUIRE(program.rename("a/b/link", "a/link") == Errno::success);
  run(program, following, {"a/link"});
  CHECK(prison.outside() == before);
}

TEST_CASE("escape: closed, renumbered and narrowed descriptors") {
  const auto resolver = GENERATE(from_range(resolvers));
  Prison prison;
  auto config = with_root(prison.base, PreopenMode::read_write, resolver);
  config.preopens.push_back({(prison.base / "dir").string(), "/dir", PreopenMode::read_only});
  Program program(config);
  CHECK(program.call(abi::fd_renumber, 4, 4) == Errno::success);
  CHECK(program.call(abi::fd_renumber, 3, 99) == Errno::badf);
  CHECK(program.call(abi::fd_renumber, 99, 3) == Errno::badf);
  CHECK(program.call(abi::fd_renumber, 4, 3) == Errno::success);
  CHECK(program.open("file", {.base = read_rights}).error == Errno::noent); // 3 is dir now
  CHECK(program.open("nested/new", {.oflags = wasi::oflags::creat}).error == Errno::rofs);
  CHECK(program.open("x", {}, 4).error == Errno::badf);
  CHECK(program.call(abi::fd_fdstat_set_rights, 3, rights::all, rights::all) == Errno::notcapable);
  CHECK(program.call(abi::fd_fdstat_set_rights, 3, rights::path_open, rights::fd_read) == Errno::success);
  CHECK(program.filestat("nested", 0) == Errno::notcapable);
  CHECK(program.call(abi::fd_close, 3) == Errno::success);
  CHECK(program.call(abi::fd_close, 3) == Errno::badf);
  CHECK(program.open("nested", {}).error == Errno::badf);
  CHECK(program.on_path(abi::path_unlink_file, "file") == Errno::badf);
}

TEST_CASE("escape: names that are not text, and paths outside the memory") {
  const auto resolver = GENERATE(from_range(resolvers));
  Prison prison;
  Program program(with_root(prison.base, PreopenMode::read_write, resolver));
  const std::vector<std::string> bad = {std::string("file\0", 5),       std::string("\0", 1),
                                        std::string("a\0/../../x", 10), "\xff\xfe",
                                        "dir/\xc0\xae\xc0\xae/x",       "\xed\xa0\x80"};
  for (const auto& path : bad) {
    CHECK(program.open(path).error == Errno::ilseq);
    CHECK(program.open(path, {.oflags = wasi::oflags::creat}).error == Errno::ilseq);
    CHECK(program.on_path(abi::path_create_directory, path) == Errno::ilseq);
    CHECK(program.rename("file", path) == Errno::ilseq);
    CHECK(program.symlink("x", path) == Errno::ilseq);
    CHECK(program.symlink(path, "made") == Errno::ilseq);
  }
  CHECK(program.on_path(abi::path_create_directory, std::string(5000, 'x')) == Errno::nametoolong);
  CHECK(program.on_path(abi::path_create_directory, std::string(300, 'x')) == Errno::nametoolong);
  CHECK(program.call(abi::path_create_directory, 3, 0, 0xffff'ffff) == Errno::fault);
  CHECK(program.call(abi::path_create_directory, 3, 0xffff'ffff, 1) == Errno::fault);
  CHECK(program.call(abi::path_create_directory, 3, 0, 0) == Errno::noent);
}

} // namespace skerry::test
