#include "wasi/path_resolver.hpp"

#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace skerry::test {

namespace {

using wasi::platform::OpenHow;

constexpr OpenHow reading{.read = true};
constexpr OpenHow making{.write = true, .create = true};
constexpr OpenHow making_new{.write = true, .create = true, .exclusive = true};

struct ResolverTree {
  TempDir temp;
  wasi::PathResolver resolver;
  wasi::HostFd base;
  HostMeter meter;

  explicit ResolverTree(wasi::PathResolverKind kind) : resolver(*wasi::PathResolver::create(kind)) {
    fs::create_directories(temp / "base/dir/nested");
    fs::create_directories(temp / "outside");
    write_file(temp / "base/file", "inside");
    write_file(temp / "base/dir/nested/deep", "deep");
    write_file(temp / "outside/secret", "secret");
    base = wasi::HostFd::owned(OwnedFd(::open((temp / "base").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  }
  void link(const std::string& target, const std::string& name) {
    fs::create_symlink(target, temp / "base" / name);
  }

  wasi::Expected<wasi::HostFd> open(std::string_view text, OpenHow how = reading, bool follow = true) {
    auto path = wasi::parse_path(std::as_bytes(std::span(text)), 4096);
    if (!path) return wasi::refuse(path.error());
    return resolver.open(meter, base.get(), *path, how, follow);
  }
  Errno error(std::string_view text, OpenHow how = reading, bool follow = true) {
    const auto opened = open(text, how, follow);
    return opened ? Errno::success : opened.error();
  }
  std::string contents(std::string_view text) {
    const auto opened = open(text);
    if (!opened) return Program::failure(opened.error());
    char buffer[64];
    const ssize_t length = ::read(opened->get(), buffer, sizeof buffer);
    return {buffer, length > 0 ? static_cast<size_t>(length) : 0};
  }
  wasi::Expected<wasi::Place> place(std::string_view text, bool follow) {
    return resolver.place(meter, base.get(), *wasi::parse_path(std::as_bytes(std::span(text)), 4096), follow);
  }
};

} // namespace

TEST_CASE("resolver: paths inside") {
  ResolverTree tree(GENERATE(from_range(resolvers)));
  CHECK(tree.contents("file") == "inside");
  CHECK(tree.contents("./dir/./nested//deep") == "deep");
  CHECK(tree.contents("dir/../file") == "inside");
  CHECK(tree.contents("dir/nested/../../dir/nested/deep") == "deep");
  CHECK(tree.error("dir/nested/") == Errno::success);
  CHECK(tree.error(".") == Errno::success);
  CHECK(tree.error("./") == Errno::success);
  CHECK(tree.error("dir/..") == Errno::success);
  CHECK(tree.error("missing") == Errno::noent);
  CHECK(tree.error("missing/file") == Errno::noent);
  CHECK(tree.error("file/x") == Errno::notdir);
  CHECK(tree.error("file/") == Errno::notdir);
  CHECK(tree.error("file/..") == Errno::notdir);
}

TEST_CASE("resolver: the base is never left, not even temporarily") {
  ResolverTree tree(GENERATE(from_range(resolvers)));
  for (const auto* path : {"..", "../", "../base", "../base/file", "../outside/secret", "dir/../../base/file",
                           "dir/../..", "./../base", "dir/nested/../../../base/file"}) {
    INFO(path);
    CHECK(tree.error(path) == Errno::perm);
  }
}

TEST_CASE("resolver: links inside are followed") {
  ResolverTree tree(GENERATE(from_range(resolvers)));
  tree.link("file", "to_file");
  tree.link("dir", "to_dir");
  tree.link("dir/", "to_dir_slash");
  tree.link("../../file", "dir/nested/up");
  tree.link("to_file", "chain");
  tree.link(".", "here");
  CHECK(tree.contents("to_file") == "inside");
  CHECK(tree.contents("chain") == "inside");
  CHECK(tree.contents("to_dir/nested/deep") == "deep");
  CHECK(tree.contents("to_dir_slash/nested/deep") == "deep");
  CHECK(tree.contents("dir/nested/up") == "inside");
  CHECK(tree.contents("to_dir/nested/up") == "inside");
  CHECK(tree.contents("to_dir/nested/../../file") == "inside");
  CHECK(tree.contents("here/here/here/file") == "inside");
  CHECK(tree.error("to_dir/") == Errno::success);
  CHECK(tree.error("to_dir_slash/") == Errno::success);
  CHECK(tree.error("to_file/") == Errno::notdir);
}

TEST_CASE("resolver: a last link is not followed when that is asked for") {
  ResolverTree tree(GENERATE(from_range(resolvers)));
  tree.link("file", "to_file");
  tree.link("dir", "to_dir");
  CHECK(tree.error("to_file", reading, false) == Errno::loop);
  CHECK(tree.error("to_dir", reading, false) == Errno::loop);
  CHECK(tree.error("to_dir/nested/deep", reading, false) == Errno::success);
}

TEST_CASE("resolver: links that lead outside are refused") {
  ResolverTree tree(GENERATE(from_range(resolvers)));
  tree.link("../outside/secret", "up");
  tree.link("../outside", "up_dir");
  tree.link("../outside/", "up_dir_slash");
  tree.link((tree.temp / "outside/secret").string(), "absolute");
  tree.link((tree.temp / "base/file").string(), "absolute_inside");
  tree.link("/", "root");
  tree.link("up_dir/secret", "chain");
  tree.link("../../../outside/secret", "dir/nested/far");
  tree.link("../base/file", "out_and_in");
  for (const auto* path : {"up", "up_dir", "up_dir/", "up_dir/secret", "up_dir_slash", "up_dir_slash/secret",
                           "absolute", "absolute_inside", "root", "root/", "root/etc", "chain",
                           "dir/nested/far", "out_and_in", "up_dir/../file"}) {
    INFO(path);
    CHECK(tree.error(path) == Errno::perm);
  }
}

TEST_CASE("resolver: loops and long chains are errors") {
  ResolverTree tree(GENERATE(from_range(resolvers)));
  tree.link("loop", "loop");
  tree.link("pong", "ping");
  tree.link("ping", "pong");
  tree.link("loop_dir/x", "loop_dir");
  CHECK(tree.error("loop") == Errno::loop);
  CHECK(tree.error("loop/x") == Errno::loop);
  CHECK(tree.error("ping") == Errno::loop);
  CHECK(tree.error("loop_dir/x") == Errno::loop);
  std::string previous = "file";
  for (int i = 0; i < 39; ++i)
    tree.link(previous, "l" + std::to_string(i)), previous = "l" + std::to_string(i);
  CHECK(tree.contents("l38") == "inside");
  tree.link("l38", "l39");
  tree.link("l39", "l40");
  CHECK(tree.error("l40") == Errno::loop);
}

TEST_CASE("resolver: creating through links") {
  ResolverTree tree(GENERATE(from_range(resolvers)));
  tree.link("created", "dangling");
  tree.link("../outside/created", "dangling_out");
  tree.link("created_too/", "dangling_slash");
  CHECK(tree.error("dangling", making) == Errno::success);
  CHECK(fs::is_regular_file(tree.temp / "base/created"));
  CHECK(tree.error("dangling", making_new, false) == Errno::exist);
  CHECK(tree.error("dangling_out", making) == Errno::perm);
  CHECK_FALSE(fs::exists(tree.temp / "outside/created"));
  CHECK(tree.error("dangling_slash", making) == Errno::isdir);
  CHECK(tree.error("new/", making) == Errno::isdir);
  CHECK_FALSE(fs::exists(tree.temp / "base/new"));
  CHECK(tree.error("up/../x", making) == Errno::noent);
}

TEST_CASE("resolver: places") {
  ResolverTree tree(GENERATE(from_range(resolvers)));
  tree.link("dir/nested/deep", "to_deep");
  tree.link("nowhere/file", "dangling");
  tree.link("dir/", "to_dir_slash");
  CHECK(tree.place("dir/nested/deep", false)->name == "deep");
  CHECK(tree.place("dir/new", false)->name == "new");
  CHECK(tree.place("new/", false)->wants_directory);
  CHECK(tree.place("to_deep", false)->name == "to_deep");
  CHECK(tree.place("to_deep", true)->name == "deep");
  CHECK(tree.place("to_dir_slash", true)->name == "dir");
  CHECK(tree.place("to_dir_slash", true)->wants_directory);
  CHECK(tree.place("dangling", true).error() == Errno::noent);
  CHECK(tree.place("dir/..", false)->is_dots());
  CHECK(tree.place("dir/.", false)->is_dots());
  CHECK(tree.place("..", false).error() == Errno::perm);
  CHECK(tree.place("../x", false).error() == Errno::perm);
}

TEST_CASE("resolver: deep trees work, and too deep ones end in an error") {
  ResolverTree tree(GENERATE(from_range(resolvers)));
  std::string path;
  for (int i = 0; i < 200; ++i) path += "d/";
  fs::create_directories(tree.temp / "base" / path);
  write_file(tree.temp / "base" / (path + "f"), "bottom");
  CHECK(tree.contents(path + "f") == "bottom");
  std::string back = path;
  for (int i = 0; i < 200; ++i) back += "../";
  CHECK(tree.contents(back + "file") == "inside");
  CHECK(tree.error(back + "../base/file") == Errno::perm);
}

TEST_CASE("resolver: magic links of /proc lead nowhere") {
  ResolverTree tree(GENERATE(from_range(resolvers)));
  const auto proc = wasi::HostFd::owned(OwnedFd(::open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  if (proc.get() < 0) return; // no /proc here
  for (const auto* text : {"root", "cwd", "exe", "fd/0", "root/etc", "cwd/."}) {
    INFO(text);
    const auto path = *wasi::parse_path(std::as_bytes(std::span(std::string_view(text))), 4096);
    const auto opened = tree.resolver.open(tree.meter, proc.get(), path, reading, true);
    REQUIRE_FALSE(opened);
    CHECK((opened.error() == Errno::loop || opened.error() == Errno::perm || opened.error() == Errno::noent));
  }
}

} // namespace skerry::test
