#include "skerry/wasi/quota.hpp"

#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <algorithm>
#include <iterator>
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

constexpr uint64_t name_bytes = wasi::Quota::name_bytes;
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
  const auto limit = quota(name_bytes + 100);
  Program program(with_quota(temp.path(), limit, GENERATE(from_range(resolvers))));
  const uint32_t fd = created(program, "file");
  CHECK(program.write(fd, std::string(60, 'a')) == Errno::success);
  CHECK(limit->bytes_used() == name_bytes + 60);
  CHECK(program.write(fd, std::string(60, 'b')) == Errno::success);
  CHECK(program.written == 40); // the part that fits
  CHECK(program.write(fd, "c") == Errno::dquot);
  CHECK(limit->bytes_used() == name_bytes + 100);
  CHECK(pwrite(program, fd, std::string(100, 'd'), 0) == Errno::success); // in place
  CHECK(pwrite(program, fd, "e", 100) == Errno::dquot);
  CHECK(pwrite(program, fd, "e", uint64_t{1} << 40) == Errno::dquot);
  CHECK(fs::file_size(temp / "file") == 100);
}

TEST_CASE("quota: every way to make a file larger is counted") {
  TempDir temp;
  const auto limit = quota(name_bytes + 100);
  Program program(with_quota(temp.path(), limit));
  const uint32_t fd = created(program, "file");
  CHECK(program.call(abi::fd_filestat_set_size, fd, 101) == Errno::dquot);
  CHECK(program.call(abi::fd_filestat_set_size, fd, 90) == Errno::success);
  CHECK(program.call(abi::fd_allocate, fd, 50, 51) == Errno::dquot);
  CHECK(program.call(abi::fd_allocate, fd, 50, 45) == Errno::success);
  CHECK(limit->bytes_used() == name_bytes + 95);
  const auto appending = program.open("file", {.base = write_rights, .fdflags = wasi::fdflags::append});
  REQUIRE(appending.error == Errno::success);
  CHECK(program.write(appending.fd, "0123456789") == Errno::success);
  CHECK(program.written == 5);
  CHECK(program.call(abi::fd_filestat_set_size, fd, 10) == Errno::success);
  CHECK(limit->bytes_used() == name_bytes + 10);
  const auto truncated = program.open("file", {.oflags = wasi::oflags::trunc, .base = read_rights});
  CHECK(truncated.error == Errno::success);
  CHECK(program.write(truncated.fd, "x") == Errno::notcapable);
  CHECK(limit->bytes_used() == name_bytes);
  CHECK(fs::file_size(temp / "file") == 0);
}

TEST_CASE("quota: names count, and removing them gives their bytes back") {
  TempDir temp;
  const auto limit = quota(10 * name_bytes, 3);
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
  CHECK(program.open("link/file", creating).error == Errno::success); // exists already
  CHECK(program.rename("dir/file", "file") == Errno::success);
  CHECK(limit->files_used() == 3);
  CHECK(program.on_path(abi::path_unlink_file, "link") == Errno::success);
  CHECK(program.on_path(abi::path_remove_directory, "dir") == Errno::success);
  CHECK(limit->files_used() == 1);
  CHECK(program.link("file", "second") == Errno::success);
  CHECK(program.rename("file", "second") == Errno::success); // two names of one file: nothing changes
  CHECK(limit->files_used() == 2);
}

TEST_CASE("quota: a removed file is given back when it is no longer open") {
  TempDir temp;
  const auto limit = quota(2 * name_bytes + 100, 10);
  Program program(with_quota(temp.path(), limit));
  const uint32_t fd = created(program, "file");
  CHECK(program.write(fd, std::string(80, 'a')) == Errno::success);
  CHECK(program.on_path(abi::path_unlink_file, "file") == Errno::success);
  CHECK(limit->bytes_used() == name_bytes + 80); // still on disk
  const uint32_t other = created(program, "other");
  CHECK(program.write(other, std::string(80, 'b')) == Errno::success);
  CHECK(program.written == 20);
  CHECK(program.call(abi::fd_renumber, other, fd) == Errno::success); // closes the first
  CHECK(limit->bytes_used() == name_bytes + 20);
  CHECK(limit->files_used() == 1);
  CHECK(program.call(abi::fd_close, fd) == Errno::success);
  CHECK(program.on_path(abi::path_unlink_file, "other") == Errno::success);
  CHECK(limit->bytes_used() == 0);
  CHECK(limit->files_used() == 0);
}

TEST_CASE("quota: a file that a rename replaces is given back; with a second name it stays") {
  TempDir temp;
  const auto limit = quota(3 * name_bytes + 100);
  Program program(with_quota(temp.path(), limit));
  for (const auto* file : {"a", "b"}) {
    const uint32_t fd = created(program, file);
    CHECK(program.write(fd, std::string(30, 'x')) == Errno::success);
    CHECK(program.call(abi::fd_close, fd) == Errno::success);
  }
  CHECK(program.link("b", "c") == Errno::success);
  CHECK(program.rename("a", "b") == Errno::success);
  CHECK(limit->bytes_used() == 2 * name_bytes + 60); // c is the old b
  CHECK(limit->files_used() == 2);
  CHECK(program.rename("b", "c") == Errno::success);
  CHECK(limit->bytes_used() == name_bytes + 30);
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

TEST_CASE("quota: contexts share a quota's bytes, and existing files can be counted") {
  TempDir temp;
  fs::create_directories(temp / "dir");
  write_file(temp / "dir/old", std::string(50, 'x'));
  fs::create_hard_link(temp / "dir/old", temp / "second-name");
  const auto limit = quota(5 * name_bytes + 100, 10);
  REQUIRE(limit->count(temp.host()));
  CHECK(limit->bytes_used() == 3 * name_bytes + 50);
  CHECK(limit->files_used() == 3);
  CHECK_FALSE(limit->count((temp / "nowhere").string()));
  Program first(with_quota(temp.path(), limit)), second(with_quota(temp.path(), limit));
  CHECK(first.write(created(first, "first"), std::string(30, 'a')) == Errno::success);
  CHECK(second.write(created(second, "second"), std::string(30, 'b')) == Errno::success);
  CHECK(second.written == 20);
  first.context().reset();
  CHECK(first.on_path(abi::path_unlink_file, "first") == Errno::success);
  CHECK(limit->bytes_used() == 4 * name_bytes + 70);
}

TEST_CASE("quota: names and the targets of links count as bytes, which removal gives back") {
  TempDir temp;
  const auto limit = quota(20 * name_bytes);
  Program program(with_quota(temp.path(), limit, GENERATE(from_range(resolvers))));
  const std::string longest_short(wasi::Quota::short_target_bytes, 's'), shortest_long = longest_short + "l";
  CHECK(program.on_path(abi::path_create_directory, "dir") == Errno::success);
  CHECK(limit->bytes_used() == name_bytes);
  CHECK(program.symlink(longest_short, "short") == Errno::success);
  CHECK(limit->bytes_used() == 2 * name_bytes);
  CHECK(program.symlink(shortest_long, "long") == Errno::success);
  const uint64_t with_long = 3 * name_bytes + wasi::Quota::long_target_bytes;
  CHECK(limit->bytes_used() == with_long);
  CHECK(program.link("long", "again") == Errno::success); // another name of the link itself
  CHECK(limit->bytes_used() == with_long + name_bytes);
  CHECK(program.on_path(abi::path_unlink_file, "long") == Errno::success);
  CHECK(limit->bytes_used() == with_long);
  CHECK(program.rename("short", "again") == Errno::success);
  CHECK(limit->bytes_used() == 2 * name_bytes);
  int made = 0;
  while (program.symlink(shortest_long, "link" + std::to_string(made)) == Errno::success) ++made;
  CHECK(made == 2); // 18 names are left, and a long target costs as much as 8
  for (int i = 0; i < made; ++i)
    CHECK(program.on_path(abi::path_unlink_file, "link" + std::to_string(i)) == Errno::success);
  for (made = 2; program.on_path(abi::path_create_directory, "d" + std::to_string(made)) == Errno::success;)
    ++made;
  CHECK(made == 20);
  CHECK(program.open("file", creating).error == Errno::dquot);
  CHECK(program.link("again", "more") == Errno::dquot);
  CHECK(limit->bytes_used() == 20 * name_bytes);
}

namespace {

// A directory with a quota, and a directory in it that is also a preopen without a quota.
struct Nested {
  static constexpr uint32_t outer = 3, inner = 4;
  TempDir temp;
  std::shared_ptr<wasi::Quota> limit = quota(10 * name_bytes + 1000);
  Program program;

  explicit Nested(wasi::PathResolverKind resolver) : program(config(resolver)) {}
  wasi::Config config(wasi::PathResolverKind resolver) {
    fs::create_directory(temp / "sub");
    auto made = with_quota(temp.path(), limit, resolver);
    REQUIRE(limit->count(temp.host()));
    made.preopens.push_back({(temp / "sub").string(), "/sub", PreopenMode::read_write});
    return made;
  }
  void make(std::string_view path, uint32_t fd, uint64_t size) {
    const auto opened = program.open(path, creating, fd);
    REQUIRE(opened.error == Errno::success);
    CHECK(program.call(abi::fd_filestat_set_size, opened.fd, size) == Errno::success);
    CHECK(program.call(abi::fd_close, opened.fd) == Errno::success);
  }
  uint64_t used() const { return limit->bytes_used(); }
};

} // namespace

TEST_CASE("quota: removing a file that was never counted gives nothing back") {
  Nested it(GENERATE(from_range(resolvers)));
  Program& program = it.program;
  REQUIRE(it.used() == name_bytes);
  it.make("kept", Nested::outer, 900);
  const uint64_t used = it.used();
  CHECK(used == 2 * name_bytes + 900);
  const uint64_t files = it.limit->files_used();

  // Made through the inner directory, and then removed, replaced or shortened through the outer one.
  it.make("z", Nested::inner, 800);
  CHECK(program.on_path(abi::path_unlink_file, "sub/z", Nested::outer) == Errno::success);
  CHECK(it.used() == used);
  it.make("z", Nested::inner, 800);
  const auto cut = program.open("sub/z", {.oflags = wasi::oflags::trunc, .base = rights::all}, Nested::outer);
  REQUIRE(cut.error == Errno::success);
  CHECK(it.used() == used);
  CHECK(program.call(abi::fd_close, cut.fd) == Errno::success);
  it.make("y", Nested::inner, 800);
  CHECK(program.rename("sub/z", "sub/y", Nested::outer, Nested::outer) == Errno::success);
  CHECK(it.used() == used);
  CHECK(program.on_path(abi::path_create_directory, "dir", Nested::inner) == Errno::success);
  CHECK(program.symlink(std::string(100, 't'), "link", Nested::inner) == Errno::success);
  CHECK(program.on_path(abi::path_remove_directory, "sub/dir", Nested::outer) == Errno::success);
  CHECK(program.on_path(abi::path_unlink_file, "sub/link", Nested::outer) == Errno::success);
  CHECK(it.used() == used);
  CHECK(it.limit->files_used() == files);

  // Counted with 10 bytes, and grown through the inner directory.
  it.make("sub/grown", Nested::outer, 10);
  CHECK(it.used() == used + name_bytes + 10);
  it.make("grown", Nested::inner, 900);
  CHECK(program.on_path(abi::path_unlink_file, "sub/grown", Nested::outer) == Errno::success);
  CHECK(it.used() == used);

  // Still open, and then closed.
  it.make("open", Nested::inner, 900);
  const auto open = program.open("sub/open", {.base = rights::all}, Nested::outer);
  REQUIRE(open.error == Errno::success);
  CHECK(program.on_path(abi::path_unlink_file, "sub/open", Nested::outer) == Errno::success);
  CHECK(program.call(abi::fd_close, open.fd) == Errno::success);
  CHECK(it.used() == used);
}

TEST_CASE("quota: a second name that was not counted does not pay for the first") {
  Nested it(wasi::PathResolverKind::automatic);
  it.make("sub/file", Nested::outer, 0);
  const uint64_t used = it.used();
  CHECK(it.program.link("file", "second", 0, Nested::inner, Nested::inner) == Errno::success);
  CHECK(it.program.on_path(abi::path_unlink_file, "sub/second", Nested::outer) == Errno::success);
  CHECK(it.used() == used); // one name is left, and it counts
  CHECK(it.program.on_path(abi::path_unlink_file, "sub/file", Nested::outer) == Errno::success);
  CHECK(it.used() == used - name_bytes);
}

TEST_CASE("quota: a file that others remove is given back once, when its number is used again") {
  Nested it(wasi::PathResolverKind::automatic);
  for (int i = 0; i < 50; ++i) { // otherwise the tenth would be refused
    it.make("sub/file", Nested::outer, 900);
    CHECK(it.program.on_path(abi::path_unlink_file, "file", Nested::inner) == Errno::success);
    if (it.used() + name_bytes + 900 > 10 * name_bytes + 1000)
      break; // a file system that gives each file a new number
  }
  CHECK(it.used() <= 10 * name_bytes + 1000);
}

namespace {

int open_descriptors() {
  return static_cast<int>(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

} // namespace

TEST_CASE("quota: a deep tree is counted with few descriptors and frequent deadline checks") {
  TempDir temp;
  constexpr int depth = 300, width = 5;
  {
    // Too deep for a path.
    Program program(with_root(temp.path()));
    uint32_t at = Program::first_preopen;
    for (int i = 0; i < depth; ++i) {
      for (int k = 0; k < width; ++k)
        REQUIRE(program.symlink("x", "link" + std::to_string(k), at) == Errno::success);
      REQUIRE(program.on_path(abi::path_create_directory, "a-directory-with-a-name", at) == Errno::success);
      const auto below = program.open("a-directory-with-a-name", {.base = rights::directory}, at);
      REQUIRE(below.error == Errno::success);
      if (at != Program::first_preopen) program.call(abi::fd_close, at);
      at = below.fd;
    }
  }
  const auto limit = quota(wasi::Quota::unlimited);
  const int before = open_descriptors();
  int most = 0, looks = 0;
  const auto look = [&]() -> Result<void> {
    most = std::max(most, open_descriptors() - before);
    ++looks;
    return {};
  };
  REQUIRE(limit->count(temp.host(), look));
  constexpr uint64_t files = depth * (width + 1);
  CHECK(limit->files_used() == files);
  CHECK(limit->bytes_used() == files * name_bytes);
  CHECK(looks >= static_cast<int>(files) / 64);
  CHECK(most <= 3);
  // A counted file is not counted again.
  REQUIRE(limit->count(temp.host()));
  CHECK(limit->files_used() == files);
  CHECK(limit->bytes_used() == files * name_bytes);

  int left = 3;
  const auto stop = [&]() -> Result<void> {
    if (--left == 0) return fail(Error::trap(ErrorCode::deadline_exceeded));
    return {};
  };
  const auto other = quota(wasi::Quota::unlimited);
  const auto stopped = other->count(temp.host(), stop);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code() == ErrorCode::deadline_exceeded);
  CHECK(left == 0);
  CHECK(other->bytes_used() == 0);
  CHECK(open_descriptors() == before);
}

} // namespace skerry::test
